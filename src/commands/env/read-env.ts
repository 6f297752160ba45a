import type {Command} from '../../domain/command.ts';
import type {AppTarget} from '../../domain/environments/environment.ts';
import {cutAnswer, secondsIn} from '../answers.ts';
import {releaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';
import readEnvText from './read-env.sh';

/** A `.env` has a few kilobytes. */
const maxBytes = 256 * 1024;

/** Names of the files an app reads its values from, as its environment shares them. */
export const valueFilesOf = ({shared}: Pick<AppTarget, 'shared'>): readonly string[] =>
	shared.files.filter(path => /^\.env(?:\.|$)/.test(path.split('/').at(-1) ?? ''));

/** Reads the values of an app on its host. What it prints holds secrets: it is never logged. */
export const readEnv = (target: Pick<AppTarget, 'path' | 'owner' | 'shared'>): Command => {
	const {shared, live} = releaseLayout(target);
	const files = valueFilesOf(target);
	return {
		...program('read the values', readEnvText, [shared, live, target.owner, String(maxBytes), ...files]),
		sudo: ['true', 'test', 'stat', 'base64'].map(name => `${target.owner}: ${name}`),
	};
};

/** A file with values as it lies on a host. */
export type HostValues = {
	readonly path: string;
	/** Undefined: see `problem`. */
	readonly text: string | undefined;
	/** Permission bits; 0 where there is none. */
	readonly mode: number;
	readonly owner: string;
	readonly problem?: string;
};

const problems: Readonly<Record<string, string>> = {
	gone: 'it is not there',
	long: `it is longer than ${maxBytes / 1024} KiB`,
	denied: 'neither the login nor the owner of the app may read it',
};

/** What a host answered. `time`: its clock, epoch milliseconds. Throws DeployError `answer-unreadable` when it was cut. */
export const parseEnvRead = (text: string): {readonly time: number; readonly files: readonly HostValues[]} => {
	const seconds = secondsIn(/^time\t(\d+)$/m.exec(text)?.[1]);
	// What it says may be secret.
	if (seconds === undefined || !text.endsWith('\n')) throw cutAnswer('the values', '');
	const files = text.split('\n\n').flatMap(block => {
		const start = block.startsWith('time\t') ? block.slice(block.indexOf('\n') + 1) : block;
		if (!start.startsWith('file\t')) return [];
		const [head = '', ...rest] = start.split('\n');
		const [, path = '', mode = '', owner = ''] = head.split('\t');
		const problem = problems[mode];
		return [
			problem === undefined
				? {
						path,
						text: Buffer.from(rest.join(''), 'base64').toString(),
						mode: Number.parseInt(mode, 8) || 0,
						owner,
					}
				: {path, text: undefined, mode: 0, owner: '', problem},
		];
	});
	return {time: seconds * 1000, files};
};
