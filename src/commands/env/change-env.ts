import type {Command} from '../../domain/command.ts';
import type {AppTarget} from '../../domain/environments/environment.ts';
import {mostFileBytes} from '../../domain/environments/env-edit.ts';
import {answersIn, cutAnswer} from '../answers.ts';
import type {HostState} from '../host-state.ts';
import {beginReceiving, type RunAttempt} from '../lock/fence/fence.ts';
import askMarker from '../lock/marker/marker.sh';
import {claimParameters, type Claim} from '../lock/marker/marker.ts';
import type {ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';
import look from './look-at-env.sh';
import receive from './receive-env.sh';
import keep from './keep-env.sh';
import swap from './swap-env.sh';
import back from './swap-env-back.sh';
import which from './which-env.sh';
import tidy from './tidy-env.sh';

/** How many old files are kept on a host. */
const keptFiles = 10;

/** A file of values that is changed on a host: absolute paths. */
export type EnvPlace = {
	readonly state: HostState;
	readonly layout: ReleaseLayout;
	readonly target: Pick<AppTarget, 'owner'>;
	/** The file every release links to. */
	readonly file: string;
	/** Where the old one is kept. */
	readonly kept: string;
	/** The run whose file is put back, and where it has kept it. */
	readonly of?: {readonly run: string; readonly kept: string};
};

/** The file with the values of an app, and where the run keeps the one before. */
export const envPlace = (
	{state, layout}: Pick<EnvPlace, 'state' | 'layout'>,
	of?: string,
): Pick<EnvPlace, 'file' | 'kept' | 'of'> => {
	const keptOf = (run: string): string => `${layout.base}/env-kept/.env.${run}`;
	return {
		file: `${layout.shared}/.env`,
		kept: keptOf(state.run),
		...(of === undefined ? {} : {of: {run: of, kept: keptOf(of)}}),
	};
};

const ofOwner = (command: Command, {owner}: EnvPlace['target']): Command => ({...command, sudo: [`${owner}: sh`]});

/** What a host says of the file. Its text is full of secrets: it is kept nowhere and shown to nobody. */
export type EnvFound = {
	readonly isAdopted: boolean;
	/** This run has written its file beside it already. */
	readonly isWritten: boolean;
	readonly kind: 'file' | 'link' | 'missing' | 'other';
	/** Owner, where it is not the one the app runs as. */
	readonly foreignOwner: string | undefined;
	readonly isReadable: boolean;
	/** Whether a file may be made beside it. */
	readonly isPlaceWritable: boolean;
	readonly isTooLarge: boolean;
	/** How many names the file has: hard links. */
	readonly names: number;
	/** Lower-case hex, of exactly `text`; `none` without a file. */
	readonly sha256: string;
	/** Undefined where it is not UTF-8. */
	readonly text: string | undefined;
	/** What the run that is named has found, left and kept; undefined: the host does not know. */
	readonly before?: EnvBefore | undefined;
};

/** Digests: lower-case hex, `none` for no file. */
type EnvBefore = {
	readonly was: string;
	readonly left: string;
	/** Undefined: it is not there, or not what was found. */
	readonly text: string | undefined;
};

/** Reads the file as the owner of the app. Changes nothing. */
export const lookAtEnv = ({state, layout, target, file, of}: Omit<EnvPlace, 'kept'>): Command =>
	ofOwner(
		program('read the file of values', look, [
			state.directory,
			state.run,
			target.owner,
			layout.live,
			file,
			String(mostFileBytes),
			of?.run ?? '',
			of?.kept ?? '',
		]),
		target,
	);

const utf8 = (base64: string): string | undefined => {
	try {
		const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
		// With its byte order mark, where it has one.
		return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
	} catch {
		return undefined;
	}
};

/** Reads the answer of `lookAtEnv`, whose text is shown nowhere. Throws DeployError `answer-unreadable` when it was cut. */
export const parseEnvFound = (output: string): EnvFound => {
	const {one, figure} = answersIn(output, ' ');
	const kind = (['file', 'link', 'missing', 'other'] as const).find(known => known === one('kind'));
	const content = one('content');
	if (kind === undefined || !output.endsWith('\n')) throw cutAnswer('the file of values', '');
	const [uid = '', name = ''] = (one('owned') ?? '').split(' ');
	return {
		isAdopted: one('adopted') === 'yes',
		isWritten: one('written') === 'yes',
		kind,
		foreignOwner: kind === 'file' && uid !== one('user') ? name : undefined,
		isReadable: one('readable') !== 'no',
		isPlaceWritable: one('place') === 'yes',
		isTooLarge: figure('size') > mostFileBytes,
		names: figure('names') || 1,
		sha256: one('sha256') ?? 'none',
		text: utf8(content ?? ''),
		before: beforeIn(one),
	};
};

const beforeIn = (one: (name: string) => string | undefined): EnvBefore | undefined => {
	const [was, left, content] = [one('of-was'), one('of-left'), one('of-kept')];
	if (was === undefined || left === undefined) return undefined;
	const isWhole = content !== undefined && one('of-kept-sha256') === was;
	return {was, left, text: isWhole ? utf8(content) : undefined};
};

/** Keeps a copy of the file with its owner and mode, and the newest of the older ones. Prints `kept FILE`. */
export const keepEnv = ({target, file, kept, of}: EnvPlace): Command => {
	const nameIn = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
	const directory = kept.slice(0, kept.lastIndexOf('/'));
	const parameters = [file, directory, nameIn(kept), String(keptFiles), nameIn(of?.kept ?? '')];
	return program('keep the old file', keep, parameters, target.owner);
};

/**
 * Takes the new file from standard input, as `newEnvInput` renders it, and writes it beside the old one. Exits 97 when the
 * driver has not got the lock, 98 when the new one is in its place already: nothing is written then.
 */
export const receiveEnv = (
	{target, file, of}: Pick<EnvPlace, 'target' | 'file' | 'of'>,
	{directory, app, run, attempt}: RunAttempt,
): Command =>
	ofOwner(
		program(
			'write the new file',
			[beginReceiving, receive],
			[directory, app, run, String(attempt), target.owner, file, of?.kept ?? ''],
		),
		target,
	);

/** What `receiveEnv` reads. Digests: lower-case hex sha256; `none` for no file, before or after. */
export const newEnvInput = (digests: {readonly before: string; readonly after: string}, text: string): string =>
	`${digests.before} ${digests.after}\n${text}`;

/** The swap: one rename. Refuses where the file is not the one that was read. Whose the app is, is asked in the same breath. */
export const swapEnv = (place: EnvPlace, claim: Claim): Command => changing('swap', swap, place, claim);

/** The way back: the kept file in its place again, unless somebody has changed it since. */
export const swapEnvBack = (place: EnvPlace, claim: Claim): Command => changing('swap back', back, place, claim);

const changing = (label: string, text: string, {target, file, state, kept}: EnvPlace, claim: Claim): Command =>
	ofOwner(
		program(label, [askMarker, text], [...claimParameters(claim), target.owner, file, state.run, kept]),
		target,
	);

/** What `readEnvLive` prints once this run's file is in its place. */
export const envLive = ({file, state}: Pick<EnvPlace, 'file' | 'state'>): string => `${file} by ${state.run}`;

/** Prints which file is in force. Changes nothing. */
export const readEnvLive = ({state, target, file}: EnvPlace): Command =>
	ofOwner(program('read which file is in force', which, [state.directory, state.run, target.owner, file]), target);

/** Takes away what a run that did not come to its swap has written. */
export const tidyEnv = ({state, target, file, kept}: EnvPlace): Command => ({
	...program('remove what was written beside', tidy, [state.directory, state.run, target.owner, file, kept]),
	sudo: [`${target.owner}: rm`],
});
