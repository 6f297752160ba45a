import {storagePlaces, type HostFacts, type StoragePlace} from '../../commands/host/host-facts.ts';
import {size} from '../../domain/format.ts';
import {waysPast} from '../../domain/runs/open-run.ts';
import type {Refusal} from '../../domain/runs/pipeline.ts';
import type {RunPlan} from '../run/plan.ts';
import {sudoRefusal} from '../run/sudo-refusal.ts';

/** A check of a host: why it does not hold, and what it says where it does. */
export type HostCheck<Facts, Plan> = {
	readonly refuse: (facts: Facts, plan: Plan) => Refusal | undefined;
	readonly says: (facts: Facts, plan: Plan) => string;
	/** Whether there is anything to say. Absent: always. */
	readonly isShown?: (facts: Facts, plan: Plan) => boolean;
};

/** Space below which nothing is started: room for logs and state. */
const spareKib = 64 * 1024;
/** What programs put aside while they work is small, and so is the place for it on some hosts. */
const spareTmpKib = 16 * 1024;

type Place = Pick<RunPlan, 'record' | 'host' | 'layout' | 'target'>;
type Check = HostCheck<HostFacts, Place>['refuse'];

const lock: Check = ({lock}, {record}) =>
	lock && lock.run !== record.run
		? {
				code: 'locked',
				why: `${lock.name} on ${lock.machine} holds the lock since ${lock.since}, run ${lock.run}`,
				next: waysPast(lock.run, record.environment),
			}
		: undefined;

const layout: Check = ({layout}, {layout: {live}, record}) => {
	if (layout === 'releases' || layout === 'empty') return undefined;
	const found = {
		directory: 'is a plain directory, as the old scripts leave it',
		other: 'is neither a directory nor a release',
		none: 'does not exist',
	}[layout];
	return {
		code: 'answer-needed',
		why: `${live} ${found}`,
		next: `Take the host over once, reversibly: cockpit adopt --env ${record.environment}`,
		guide: 'adoption',
	};
};

const sudo: Check = ({owner, denied}, {target}) =>
	sudoRefusal(target.owner, {notAsOwner: owner === 'ok' ? undefined : owner, denied});

const orNone = (kib: number): number => (Number.isFinite(kib) ? kib : 0);

/** Inodes below which nothing is started, of what holds releases and of what holds logs and state. */
const spareInodes = {app: 20_000, backups: 100, state: 1_000, tmp: 100};

const space: Check = ({freeKib, device, liveKib, sharedKib, freeInodes, places: where}) => {
	const named = (place: StoragePlace): string => (where[place] ? `${place} (${where[place]})` : place);
	const needs = {
		app: orNone(liveKib) + spareKib,
		backups: orNone(liveKib) + orNone(sharedKib) + spareKib,
		state: spareKib,
		tmp: spareTmpKib,
	};
	const neededOn = (place: StoragePlace): number =>
		sum(storagePlaces.filter(other => device[other] === device[place]).map(other => needs[other]));
	// Written so that an answer that is not a number counts as no space.
	const short = storagePlaces.filter(place => !(freeKib[place] >= neededOn(place)));
	if (short.length > 0) {
		const detail = short.map(
			place => `${named(place)} has ${mib(freeKib[place])} MiB free, needs ${mib(neededOn(place))} MiB`,
		);
		return {why: `disk full: ${detail.join('; ')}`, next: 'Free space on the host, then start again.'};
	}
	const few = storagePlaces.filter(place => freeInodes[place] < spareInodes[place]);
	return few.length > 0
		? {
				why: few
					.map(place => `${named(place)} has ${freeInodes[place]} inodes free, needs ${spareInodes[place]}`)
					.join('; '),
				next: 'Remove old files on the host, then start again.',
			}
		: undefined;
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mib = (kib: number): string => (Number.isFinite(kib) ? String(Math.floor(kib / 1024)) : 'unknown');

const places: Check = ({missingEnv, notWritable, layout}, {target, host}) => {
	if (notWritable !== undefined) {
		return {
			why: `${host.user ?? 'the SSH user'} can't write to ${notWritable}`,
			next: 'Make it writable: backups, lock and ledger go there.',
		};
	}
	return missingEnv !== undefined && layout !== 'none' && target.shared.files.includes('.env')
		? {why: `no .env on the host: ${missingEnv}`, next: 'Put it there, owned by the app, before the first deploy.'}
		: undefined;
};

/* Linking such a path would put what the app wrote there aside: uploads would be gone from the new release. */
const belongings: Check = ({ownPaths}, {layout, record}) =>
	ownPaths.length > 0
		? {
				code: 'answer-needed',
				why: `shared in the environment file, but held by the live release itself: ${ownPaths.join(', ')}`,
				next: [
					`Move it to ${layout.shared} and link it, or do it in one go:`,
					`cockpit adopt --env ${record.environment} --undo`,
					`cockpit adopt --env ${record.environment}`,
				].join('\n'),
			}
		: undefined;

const jobs: Check = ({killsUserProcesses, stateOnNfs}) => {
	if (killsUserProcesses) {
		return {
			why: 'logind ends all processes of a user at logout (KillUserProcesses=yes): a job would die with the connection',
			next: 'Run "loginctl enable-linger" for the SSH user, or set KillUserProcesses=no.',
		};
	}
	return stateOnNfs
		? {why: 'the state directory is on NFS, where locks are not safe', next: 'Set stateDirectory to a local disk.'}
		: undefined;
};

/** Refuses for tools that are not on the host. */
export const refuseMissing = (missing: readonly string[]): Refusal | undefined =>
	missing.length > 0
		? {why: `missing on the host: ${missing.join(', ')}`, next: `Install ${missing.join(', ')} there.`}
		: undefined;

const bytes = (kib: number): string => (Number.isFinite(kib) ? size(kib * 1024) : 'not known');

/** What must hold on a host for any app. */
export const hostChecks = {
	lock: {refuse: lock, says: () => 'free'},
	layout: {
		refuse: layout,
		says: ({live}) => (live === undefined ? 'prepared, nothing live yet' : `release ${live}`),
	},
	sudo: {refuse: sudo, says: (_, {target}) => `without a password, as ${target.owner} too`},
	jobs: {refuse: jobs, says: () => 'outlive the connection'},
	places: {refuse: places, says: () => 'backups, lock and releases writable'},
	belongings: {
		refuse: belongings,
		says: (_, {target: {shared}}) => `${shared.files.length + shared.directories.length} paths kept apart`,
	},
	space: {refuse: space, says: ({freeKib}) => `${bytes(freeKib.app)} free, backups ${bytes(freeKib.backups)}`},
} as const satisfies Readonly<Record<string, HostCheck<HostFacts, Place>>>;

/** One pre-flight check and how it came out. */
export type CheckVerdict = {
	readonly name: string;
	/** What was measured, or why it does not hold. */
	readonly text: string;
	readonly refusal?: Refusal;
};

export const verdict = (name: string, refusal: Refusal | undefined, text: () => string): CheckVerdict =>
	refusal ? {name, text: refusal.why, refusal} : {name, text: text()};

/** Every one of a recipe's checks, in the order of the list. */
export const judgeBy = <Facts, Plan>(
	checks: Readonly<Record<string, HostCheck<Facts, Plan>>>,
	facts: Facts,
	plan: Plan,
): readonly CheckVerdict[] =>
	Object.entries(checks)
		.filter(([, {isShown}]) => isShown?.(facts, plan) ?? true)
		.map(([name, {refuse, says}]) => verdict(name, refuse(facts, plan), () => says(facts, plan)));

/** The first reason not to start. */
export const firstRefusal = (verdicts: readonly CheckVerdict[]): Refusal | undefined =>
	verdicts.find(({refusal}) => refusal)?.refusal;
