import type {AppName} from '../../../domain/environments/environment.ts';
import type {Command} from '../../../domain/command.ts';
import takeFlock from '../take-flock.sh';
import ledgerAppend from '../../ledger/append.sh';
import {headerMembers, jsonMembers, type LedgerName} from '../../ledger/ledger.ts';
import askMarker from '../marker/marker.sh';
import {claimParameters, type Claim} from '../marker/marker.ts';
import {objectIn, secondsIn, textOrEmpty} from '../../answers.ts';
import {program} from '../../shell.ts';
import refuseHeld from './refuse-held.sh';
import put from './hold.sh';
import lift from './lift-hold.sh';

/*
 * A hold keeps others from deploying an app without anybody deploying it: `OWNER UNTIL` and a JSON line about who, why
 * and what for. One whose time is over holds nobody.
 */

/** Who a hold belongs to, as one word without blanks. */
export const holdOwner = ({name, machine}: {readonly name: string; readonly machine: string}): string =>
	encodeURIComponent(`${name}@${machine}`);

/**
 * Keeps everybody but its owner from deploying the apps, for so many minutes by the host's clock, and writes it down.
 * Exits 96 and prints the hold of somebody else, 93 where a live path is. Source: design, "State", lock.
 */
export const holdApps = (
	stateDirectory: string,
	apps: readonly AppName[],
	options: {
		/** The live paths of those apps the environment has. */
		readonly claims: readonly Claim[];
		readonly owner: string;
		readonly minutes: number;
		readonly about: Readonly<Record<string, unknown>>;
		readonly entry: Readonly<Record<string, unknown>>;
		readonly ledger: LedgerName;
	},
): Command =>
	program('hold', `${ledgerAppend}\n${refuseHeld}\n${takeFlock}\n${askMarker}\n${put}`, [
		stateDirectory,
		options.owner,
		String(options.minutes),
		jsonMembers(options.about),
		jsonMembers(options.entry),
		headerMembers(options.ledger),
		...apps.toSorted(),
		'--',
		...options.claims.flatMap(claimParameters),
	]);

/** Ends the holds of `owner` on the apps, or whoever's when it is empty, and writes it down. Prints `lifted APP`. */
export const liftHolds = (
	stateDirectory: string,
	apps: readonly AppName[],
	{owner, entry}: {readonly owner: string; readonly entry: Readonly<Record<string, unknown>> | undefined},
): Command =>
	program('lift the hold', `${ledgerAppend}\n${takeFlock}\n${lift}`, [
		stateDirectory,
		owner,
		entry ? jsonMembers(entry) : '',
		...apps.toSorted(),
	]);

/** A hold as the host keeps it. */
export type Hold = {
	readonly owner: string;
	/** Epoch milliseconds by the host's clock. */
	readonly until: number;
	readonly name: string;
	readonly machine: string;
	readonly reason: string;
	/** A run that leans on this environment staying as it is. */
	readonly run?: string;
};

/** Epoch seconds. */
const farOff = Date.UTC(9999, 0, 1) / 1000;

/** Reads the two lines of a hold. Undefined for anything else. */
export const parseHold = (text: string): Hold | undefined => {
	const [first = '', second = ''] = text.split('\n');
	const [, owner = '', end] = /^(\S+) (\d+)$/.exec(first) ?? [];
	if (end === undefined) return undefined;
	// Whoever holds it does, whatever is written there about its end: a time that is none is far off.
	const until = secondsIn(end) ?? farOff;
	const about = objectIn(second);
	if (!about) return undefined;
	const {name, machine, reason, run} = about;
	return {
		owner,
		until: until * 1000,
		name: textOrEmpty(name),
		machine: textOrEmpty(machine),
		reason: textOrEmpty(reason),
		...(typeof run === 'string' ? {run} : {}),
	};
};
