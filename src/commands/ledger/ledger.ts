import type {Command} from '../../domain/command.ts';
import {answersIn, cutAnswer, objectIn, secondsIn, textOrEmpty, wholeIn} from '../answers.ts';
import {program} from '../shell.ts';
import ledgerAppend from './append.sh';
import read from './read.sh';
import adopt from './adopt.sh';
import appendEntry from './append-entry.sh';
import record from './record-entry.sh';

/** Which ledger it is, for its first line. */
export type LedgerName = {
	readonly project: string;
	readonly environment: string;
	readonly tier?: string;
	readonly promotedFrom?: string | null;
	/** Digest of the policy it was begun by. */
	readonly policy?: string;
};

/** What a ledger's first line says of it, to be completed on the host. */
export const headerMembers = ({project, environment, tier, promotedFrom, policy}: LedgerName): string =>
	jsonMembers({project, environment, tier, promotedFrom, policy});

/** An object without its braces, to be completed on the host with what only the host knows. */
export const jsonMembers = (value: Readonly<Record<string, unknown>>): string => JSON.stringify(value).slice(1, -1);

/** An object in characters that every reader of a ledger has. */
export const asciiJson = (value: Readonly<Record<string, unknown>>): string =>
	JSON.stringify(value).replaceAll(
		/[^ -~]/g,
		character => String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);

/** Exit code of `appendLedger` where an entry of this `once` is in the ledger already; that line is its output. */
export const alreadySaid = 92;

/**
 * Appends an entry. One with `once`, a text, is written only where no entry has that text yet. `previous`: hex sha256 of the last line (without newline) as the writer saw it; exits 95 when the
 * ledger has grown since. Absent: appended whatever came before. Source: design, "State", ledger.
 */
export const appendLedger = (
	stateDirectory: string,
	entry: Readonly<Record<string, unknown>>,
	{previous = '', name}: {readonly previous?: string; readonly name?: LedgerName} = {},
): Command =>
	program(
		'append to the ledger',
		[ledgerAppend, appendEntry],
		[
			stateDirectory,
			jsonMembers(entry),
			previous,
			name ? headerMembers(name) : '',
			...(typeof entry['once'] === 'string' ? [JSON.stringify(entry['once'])] : []),
		],
	);

/** Appends an entry in the middle of a run, to a ledger that is there, and prints nothing. */
export const recordEntry = (stateDirectory: string, entry: Readonly<Record<string, unknown>>): Command =>
	program('write it into the ledger', [ledgerAppend, record], [stateDirectory, jsonMembers(entry)]);

/** What a reader has of a ledger: its first bytes and their hex sha256. */
export type LedgerPrefix = {readonly sizeBytes: number; readonly sha256: string};

/**
 * Sends what a ledger holds beyond `known`, or all of it when its beginning is another one. Changes nothing. Source:
 * design, "State", ledger.
 */
export const readLedger = (stateDirectory: string, known: LedgerPrefix | undefined): Command =>
	program(
		'read the ledger',
		[ledgerAppend, read],
		[stateDirectory, String(known?.sizeBytes ?? 0), known?.sha256 ?? ''],
	);

/** What a host answers to `readLedger`. */
export type LedgerAnswer = {
	/** What the host calls itself; empty where it does not say. */
	readonly home: {readonly machineId: string; readonly hostKey: string};
	/** Epoch milliseconds of the host. */
	readonly time: number;
	/** Byte at which `text` begins; 0: all of it is sent. */
	readonly from: number;
	readonly text: string;
};

/** Reads the answer of `readLedger`. Throws DeployError `answer-unreadable` when it was cut. */
export const parseLedgerAnswer = (output: string): LedgerAnswer => {
	const split = output.indexOf('\nledger\n');
	const head = output.slice(0, split + 1);
	const {one} = answersIn(head, ' ');
	const [size, from, time] = [wholeIn(one('size')), wholeIn(one('from')), secondsIn(one('time'))];
	if (split < 0 || size === undefined || from === undefined || time === undefined)
		throw cutAnswer('the ledger', output);
	const {machineId, hostKey} = objectIn(one('home') ?? '') ?? {};
	return {
		home: {machineId: textOrEmpty(machineId), hostKey: textOrEmpty(hostKey)},
		time: time * 1000,
		from,
		text: output.slice(split + '\nledger\n'.length),
	};
};

/**
 * Puts a ledger that can't be relied on aside, where it is kept, and begins a new one: nothing in the old one is
 * evidence any more. Prints `kept FILE`. Source: design, "State", ledger.
 */
export const adoptLedger = (
	stateDirectory: string,
	entry: Readonly<Record<string, unknown>>,
	name: LedgerName,
): Command =>
	program('adopt the ledger', [ledgerAppend, adopt], [stateDirectory, jsonMembers(entry), headerMembers(name)]);
