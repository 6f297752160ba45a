import {expect, test} from 'vitest';
import type {AppServices} from '../../../src/app/app-services.ts';
import {findResumable, type Resumable} from '../../../src/app/resume/resume.ts';
import {environment} from '../../control/fake-services.ts';

const ciKey = 'SHA256:ci';

/** A run that is open on its host: who began it, and who has the lock now. */
type Open = {readonly run: string; readonly begunBy: string; readonly key: string; readonly heldBy: string};

const lockText = ({run, begunBy, key, heldBy}: Open): string => {
	const record = {
		version: 1,
		run,
		kind: 'rollback',
		app: 'backend',
		environment: 'preprod',
		startedAt: '2026-02-10T05:50:00.000Z',
		commit: '',
		digest: '',
		actor: {name: begunBy, machine: 'lost', key},
		target: {kind: 'snapshot', release: 'previous'},
	};
	const holder = JSON.stringify({since: '2026-02-10T05:50:00Z', name: heldBy, machine: 'lost'});
	return `lock backend\n${run} 1 7\n${holder}\nend\nrecord ${JSON.stringify(record)}\n`;
};

/** Somebody with the key of CI asks for a run of theirs on a machine that knows of none. */
const ask = (open: readonly Open[], mine: boolean, name = 'omar by GitHub Actions'): Promise<Resumable> => {
	const stdout = open.map(lockText).join('');
	const services = {
		sessions: {session: () => ({exec: async () => ({code: 0, stdout, stderr: '', durationMs: 1})})},
		runs: {list: () => [], events: () => []},
		actorFor: async () => ({name, machine: 'new', key: ciKey}),
	} as unknown as AppServices;
	return findResumable(services, [environment], undefined, {canAsk: false, mine});
};

const colleague: Open = {run: 'run-r', begunBy: 'Ravi', key: 'SHA256:ravi', heldBy: 'Ravi'};
const ours: Open = {run: 'run-a', begunBy: 'asha by GitHub Actions', key: ciKey, heldBy: 'asha by GitHub Actions'};

test('resume --mine: of two open runs the one begun with the same key, to be taken over from the machine that is gone', async () => {
	expect(await ask([colleague, ours], true)).toMatchObject({
		kind: 'open',
		attempt: 2,
		pipeline: {record: {run: 'run-a', actor: {name: 'omar by GitHub Actions', machine: 'new'}}},
		takenFrom: {name: 'asha by GitHub Actions', machine: 'lost'},
	});
	expect(await ask([colleague, ours], false)).toMatchObject({pipeline: {record: {run: 'run-r'}}});
});

test.each([
	['of a colleague', colleague],
	['that a colleague has taken over since', {...ours, heldBy: 'Ravi'}],
])('resume --mine: a run %s is none', async (_, open) => {
	await expect(ask([open], true)).rejects.toMatchObject({
		code: 'usage',
		why: 'no lock is held for one of yours in preprod',
	});
});

test('resume --mine: one that is driven under the same name is, whoever began it', async () => {
	const found = await ask([{...colleague, heldBy: 'Omar'}], true, 'Omar');

	expect(found).toMatchObject({kind: 'open', pipeline: {record: {run: 'run-r'}}});
});
