import type {Command} from '../../domain/command.ts';
import {endReceiver} from './fence/fence.ts';
import ledgerAppend from '../ledger/append.sh';
import ledgerLater from '../ledger/append-or-queue.sh';
import {asciiJson, headerMembers, jsonMembers, type LedgerName} from '../ledger/ledger.ts';
import refuseHeld from './hold/refuse-held.sh';
import type {HostState} from '../host-state.ts';
import {askLiveMoved} from '../live/live-moved.ts';
import {endMaintenance} from '../maintenance/maintenance.ts';
import askMarker from './marker/marker.sh';
import {claimParameters, type Claim} from './marker/marker.ts';
import toldByHooks from '../hooks/told-by-hooks.sh';
import {objectIn, textOrEmpty, timeTextIn} from '../answers.ts';
import {keptRoom, roomToClose} from '../room/room.ts';
import {program} from '../shell.ts';
import describeHolder from './describe-holder.sh';
import take from './take-lock.sh';
import release from './close-run.sh';
import removeParts from './remove-parts.sh';
import note from './note-end.sh';
import noteWell from './note-done.sh';

/** Whether a run may fail for want of a record. Source: design, "Pipelines": a rollback may not. */
export type Urgency = 'usual' | 'urgent';

/** Exit code of `takeLock` when another run, or a later attempt of this one, holds it. */
export const lockHeld = 96;

/**
 * Takes the lock of an app for a run, writes the run's record for whoever takes it over, and appends `entry` to the
 * ledger. Prints `found RELEASE` for what was live when the run began, `started JOB` for each job that earlier attempts began, `token N` and `time ISO`, and that live is another
 * release than when the run began, as `parseLiveMoved` reads it. Exits 96 and prints the holder when it is held, 93 when the live path is not known to be its own, 94 when it can't write; then nothing of
 * the run is left.
 */
export const takeLock = (
	{directory, app, run}: HostState,
	options: {
		readonly attempt: number;
		readonly holder: Readonly<Record<string, unknown>>;
		readonly record: Readonly<Record<string, unknown>>;
		readonly entry: Readonly<Record<string, unknown>>;
		/** Which ledger this begins, where there is none. */
		readonly ledger?: LedgerName;
		/** Whose holds do not count; see `holdOwner`. */
		readonly owner?: string;
		/** The live path it is for, which must not be somebody else's. Every run has one. */
		readonly claim?: Claim;
		/** `urgent`: a ledger that can't be written does not stop the run; the entry is queued. */
		readonly urgency?: Urgency;
		/** Takes a run over only while nothing of it is alive. */
		readonly onlyDead?: boolean;
	},
): Command =>
	program(
		'take the lock',
		[
			ledgerAppend,
			ledgerLater,
			describeHolder,
			refuseHeld,
			endReceiver,
			askMarker,
			askLiveMoved,
			endMaintenance,
			roomToClose,
			removeParts,
			take,
		],
		[
			directory,
			app,
			run,
			String(options.attempt),
			jsonMembers(options.holder),
			JSON.stringify(options.record),
			jsonMembers(options.entry),
			options.urgency ?? 'usual',
			options.ledger ? headerMembers(options.ledger) : '',
			options.owner ?? '',
			options.onlyDead ? 'only-dead' : '',
			...(options.claim ? claimParameters(options.claim) : []),
		],
	);

/** Ends a run: ledger entry, then the lock is released, if this run still holds it. Part of a run's last job. */
export const closeRun = (
	{directory, app, run}: HostState,
	outcome: string,
	entry: Readonly<Record<string, unknown>>,
	urgency: Urgency = 'usual',
): Command =>
	program(
		'close the run',
		[ledgerAppend, ledgerLater, toldByHooks, endMaintenance, keptRoom, removeParts, release],
		[directory, app, run, outcome, jsonMembers(entry), urgency],
	);

/** Keeps what is so at the end of a run for the entry that closes it. Never fails. */
export const noteEnd = ({directory, run}: HostState, end: Readonly<Record<string, unknown>>): Command =>
	program('note what is so at the end', note, [directory, run, asciiJson(end)]);

/** The same of a run that is done, by what its last steps have proved. `health`: absent where nobody asked. */
export const noteDone = (
	{directory, run}: HostState,
	{live, health}: {readonly live: string; readonly health?: Readonly<Record<string, unknown>>},
): Command => program('note what is so at the end', noteWell, [directory, run, live, health ? asciiJson(health) : '']);

/** What `takeLock` prints about a holder, made readable. */
export type LockHolder = {
	readonly run: string;
	readonly attempt: number;
	readonly token: number;
	/** Server time, ISO 8601 UTC. */
	readonly since: string;
	readonly name: string;
	readonly machine: string;
	/** Jobs of the holder that are alive on the host now. */
	readonly running: readonly string[];
	/** Whether a cockpit that drives it is connected to the host; absent where it does not make itself known. */
	readonly driver?: 'here' | 'gone';
};

/** Nothing of the run is alive: no job, and no cockpit that drives it. What is not known counts as alive. */
export const isDead = ({driver, running}: LockHolder): boolean => driver === 'gone' && running.length === 0;

/** Reads the two lines of a lock file, plus `running JOB` lines. Undefined for anything else. */
export const parseLockHolder = (text: string): LockHolder | undefined => {
	const [first = '', second = '', ...rest] = text.split('\n');
	const match = /^(\S+) (\d{1,15}) (\d{1,15})$/.exec(first);
	if (!match) return undefined;
	const [, run = '', attempt, token] = match;
	const {since, name, machine} = objectIn(second) ?? {};
	const running = rest.flatMap(line => (line.startsWith('running ') ? [line.slice('running '.length)] : []));
	const driver = (['here', 'gone'] as const).find(state => rest.includes(`driver ${state}`));
	return {
		run,
		attempt: Number(attempt),
		token: Number(token),
		since: timeTextIn(since),
		name: textOrEmpty(name),
		machine: textOrEmpty(machine),
		running,
		...(driver ? {driver} : {}),
	};
};
