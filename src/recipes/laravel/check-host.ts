import type {HostFacts} from '../../commands/host-facts.ts';
import type {Refusal} from '../../domain/pipeline.ts';
import type {LaravelPlan} from './plan.ts';

/** Space below which nothing is started: room for logs and state. */
const spareKib = 64 * 1024;

type Check = (facts: HostFacts, plan: LaravelPlan) => Refusal | undefined;

const lock: Check = ({lock}, {record}) =>
	lock && lock.run !== record.run
		? {
				code: 'locked',
				why: `${lock.name} on ${lock.machine} holds the lock since ${lock.since}, run ${lock.run}`,
				next: `Wait for it, or take it over with: cockpit resume ${lock.run} --env ${record.environment}`,
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
	};
};

const tools: Check = ({missingTools, php, composer}, {target}) => {
	const missing = [
		...missingTools,
		...(php.startsWith('PHP ') ? [] : [target.php]),
		...(composer.includes('Composer') ? [] : [target.composer]),
	];
	return missing.length > 0
		? {why: `missing on the host: ${missing.join(', ')}`, next: `Install ${missing.join(', ')} there.`}
		: undefined;
};

const sudo: Check = ({owner, denied}, {target}) => {
	if (owner !== 'ok') {
		return {
			why: `sudo to ${target.owner} does not work without a password: ${owner}`,
			next: `Allow it in /etc/sudoers.d: NOPASSWD for commands as ${target.owner}.`,
		};
	}
	return denied.length > 0
		? {
				why: `sudo refuses without a password: ${denied.join('; ')}`,
				next: 'Allow these commands with NOPASSWD in /etc/sudoers.d.',
			}
		: undefined;
};

const space: Check = ({freeKib, liveKib, freeInodes}) => {
	const copy = Number.isFinite(liveKib) ? liveKib : 0;
	const needs = {app: copy + spareKib, backups: copy + spareKib, state: spareKib};
	const short = (['app', 'backups', 'state'] as const).filter(place => freeKib[place] < needs[place]);
	if (short.length > 0) {
		const detail = short.map(
			place => `${place} has ${mib(freeKib[place])} MiB free, needs ${mib(needs[place])} MiB`,
		);
		return {why: `disk full: ${detail.join('; ')}`, next: 'Free space on the host, then start again.'};
	}
	return freeInodes < 20_000 && freeInodes > 0
		? {why: `only ${freeInodes} inodes free`, next: 'Remove old files on the host, then start again.'}
		: undefined;
};

const mib = (kib: number): number => Math.floor(kib / 1024);

const places: Check = ({missingEnv, notWritable, layout}, {target, host}) => {
	if (notWritable !== undefined) {
		return {
			why: `${host.user ?? 'the SSH user'} can't write to ${notWritable}`,
			next: `Make it writable: backups go there.`,
		};
	}
	return missingEnv !== undefined && layout !== 'none' && target.shared.files.includes('.env')
		? {why: `no .env on the host: ${missingEnv}`, next: 'Put it there, owned by the app, before the first deploy.'}
		: undefined;
};

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

const checks: readonly Check[] = [lock, layout, tools, sudo, jobs, places, space];

/** The first thing on the host that does not allow a deploy. */
export const checkHost = (plan: LaravelPlan, facts: HostFacts): Refusal | undefined => {
	for (const check of checks) {
		const refusal = check(facts, plan);
		if (refusal) return refusal;
	}
	return undefined;
};
