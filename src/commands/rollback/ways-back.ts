import type {Command} from '../../domain/command.ts';
import {keptIn, type Kept} from '../../domain/environments/hooks.ts';
import {timeWritten} from '../../domain/host-clock.ts';
import {answersIn, cutAnswer, objectIn, secondsIn, textOrEmpty, wholeIn} from '../answers.ts';
import adoptedSince from '../backups/adopted-since.sh';
import describeHolder from '../lock/describe-holder.sh';
import {parseLockHolder, type LockHolder} from '../lock/lock.ts';
import type {ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';
import askRights from './ask-rights.sh';
import look from './look-back.sh';

/** Asks what there is to go back to. Changes nothing and writes nothing. */
export const lookBack = (options: {
	readonly stateDirectory: string;
	readonly app: string;
	readonly layout: ReleaseLayout;
	readonly backups: string;
	/** Rights that are asked about. `owner`: whose; empty: nobody's. `asRoot`: commands that must be allowed. */
	readonly rights?: {readonly owner: string; readonly asRoot: readonly Command['argv'][]};
}): Command => {
	const {stateDirectory, app, layout, backups, rights} = options;
	const {owner = '', asRoot = []} = rights ?? {};
	return {
		...program(
			'look what there is to go back to',
			[describeHolder, adoptedSince, ...(rights ? [askRights] : []), look],
			[
				stateDirectory,
				app,
				layout.live,
				layout.releases,
				backups,
				...(rights ? [owner, ...asRoot.map(argv => argv.join('\n'))] : []),
			],
		),
		...(owner === '' ? {} : {sudo: [`${owner}: true`]}),
	};
};

/** What a host has to go back to. */
export type WaysBack = {
	/** Epoch seconds of the host. */
	readonly time: number;
	/** `directory`: not adopted. */
	readonly layout: 'releases' | 'directory' | 'none';
	readonly live: string | undefined;
	readonly previous: string | undefined;
	readonly releases: readonly string[];
	/** Releases that failed once. */
	readonly failed: readonly string[];
	readonly lock: LockHolder | undefined;
	/** Commands that sudo refuses without a password. */
	readonly denied: readonly string[];
	/** Why commands of the app's owner do not work; undefined where they do, or nobody asked. */
	readonly rights: string | undefined;
	/** Every file of the directory, with any name. */
	readonly backups: readonly {
		readonly file: string;
		readonly sizeBytes: number;
		/** Epoch seconds of the last change of the file. */
		readonly modified: number;
		/** Whether this product made it, or somebody accepted it by name. */
		readonly isNoted: boolean;
	}[];
	/** Of archives that this product made, or that somebody accepted by name. */
	readonly notes: readonly BackupNote[];
	/** Epoch milliseconds by the host's clock: since when the app is adopted, where that can be told. */
	readonly adoptedAt: number | undefined;
};

/** What is written beside a backup: which release it holds, which run made it, and what hooks asked to be kept. */
type BackupNote = {
	readonly file: string;
	readonly release: string;
	readonly commit: string;
	readonly run: string;
	readonly kept: Kept;
};

const noteOf = (line: string): readonly BackupNote[] => {
	const note = objectIn(line);
	return note
		? [
				{
					file: textOrEmpty(note['file']),
					release: textOrEmpty(note['release']),
					commit: textOrEmpty(note['commit']),
					run: textOrEmpty(note['run']),
					kept: keptIn(note['kept']),
				},
			]
		: [];
};

/** Reads what `lookBack` printed. Throws DeployError `answer-unreadable` when it was cut. */
export const parseWaysBack = (text: string): WaysBack => {
	const files = [...text.matchAll(/^backup\t(\d+)\t(\d+)\t(noted|unnoted)\t([^\0]*)\0$/gm)];
	// Anybody may have put a file there whose name looks like an answer.
	const {all, one, word, clock} = answersIn(text.replaceAll(/^backup\t\d+\t\d+\t\w+\t[^\0]*\0$/gm, ''));
	const live = one('live');
	return {
		time: clock('time'),
		layout: live === undefined ? (word('layout', ['directory', 'none']) ?? 'none') : 'releases',
		live,
		previous: one('previous'),
		releases: all('release'),
		failed: all('failed'),
		denied: all('denied').map(words => words.trim()),
		rights: one('rights'),
		lock: parseLockHolder((one('lock') ?? '').replaceAll('\v', '\n').trimEnd()),
		backups: files.map(([, size, changed, known, file = '']) => {
			const [sizeBytes, modified] = [wholeIn(size), secondsIn(changed)];
			if (sizeBytes === undefined || modified === undefined)
				throw cutAnswer('the backups', text, 'a file has no size or no time');
			return {file, sizeBytes, modified, isNoted: known === 'noted'};
		}),
		notes: all('note').flatMap(noteOf),
		adoptedAt: timeWritten(one('since')),
	};
};
