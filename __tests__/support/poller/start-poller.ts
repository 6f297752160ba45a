import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import type {PollReport, PollTarget} from './poll.ts';

export type Poller = {
	/** Ends the process; answers with a report for each target, by name. */
	stop(): Promise<Readonly<Record<string, PollReport>>>;
};

/** Asks for each target at its pace, in a process of its own. Resolves once each has been asked for. */
export const startPoller = async (targets: readonly PollTarget[]): Promise<Poller> => {
	const poll = join(import.meta.dirname, 'poll.ts');
	const child = spawn(process.execPath, [poll, JSON.stringify(targets)], {stdio: ['ignore', 'pipe', 'inherit']});
	const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]();
	const ended = once(child, 'exit');
	const {value} = await lines.next();
	if (value !== 'ready') throw new Error('the poller did not start');
	return {
		stop: async () => {
			child.kill('SIGTERM');
			const report = await lines.next();
			await ended;
			const reports = JSON.parse(String(report.value)) as readonly PollReport[];
			return Object.fromEntries(reports.map(report => [report.name, report]));
		},
	};
};
