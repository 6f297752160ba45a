import {isDead} from '../../commands/lock/lock.ts';
import {lookBack, parseWaysBack, type WaysBack} from '../../commands/rollback/ways-back.ts';
import {sshLine} from '../../commands/releases/way-back.ts';
import {isFromBefore, parseBackupName, unknownOrigin} from '../../domain/backups/backup.ts';
import {waysPast} from '../../domain/runs/open-run.ts';
import type {LockAction, ReadAction, Refusal} from '../../domain/runs/pipeline.ts';
import {takeRunLock} from '../run/lock.ts';
import {isReleaseId} from '../../domain/runs/run-names.ts';
import type {RollbackPlan} from './plan.ts';
import {checkRights, rightsOf} from './rights.ts';

/** Names one could go back to, newest first, for whoever named one that isn't there. */
const choices = ({record}: RollbackPlan, ways: WaysBack): string => {
	const {backups, previous, live, releases, failed} = ways;
	const names = backups
		.filter(({file, sizeBytes}) => sizeBytes > 0 && !holdsLive(ways, file.replace(/\.tar\.gz$/, '')))
		.flatMap(({file}) => parseBackupName(file) ?? [])
		.filter(({app}) => app === record.app)
		.map(({name}) => name)
		.toSorted()
		.toReversed();
	const isGood =
		previous !== undefined && previous !== live && releases.includes(previous) && !failed.includes(previous);
	const all = [...(isGood ? [`previous (${previous})`] : []), ...names];
	const shown = all.slice(0, 12);
	const more = all.length - shown.length;
	return all.length === 0
		? 'There is nothing to go back to on this host.'
		: [`There are:`, ...shown.map(name => `  ${name}`), ...(more > 0 ? [`  and ${more} older ones`] : [])].join(
				'\n',
			);
};

/** Whether a backup holds the release that is live, or live was made of it. Its files are not compared: its note is. */
const holdsLive = ({live, notes}: WaysBack, name: string): boolean =>
	live !== undefined &&
	(live.endsWith(`-from-${name}`) || notes.some(({file, release}) => file === `${name}.tar.gz` && release === live));

/** What nothing is written about is gone back to only where the old scripts can have made it. */
const isKnown = (
	{environment: {timeZone}}: RollbackPlan,
	{adoptedAt}: WaysBack,
	{file, isNoted, modified}: WaysBack['backups'][number],
): boolean => {
	const name = parseBackupName(file);
	return isNoted || (name !== undefined && isFromBefore(name, {modified, adoptedAt, timeZone}));
};

/** Somebody has gone back to it by hand, or a run went back by itself: what is left to go back to has to be named. */
const isLiveAlready = (plan: RollbackPlan, ways: WaysBack, live: string): Refusal => {
	const {host, record, state} = plan;
	// A name becomes part of a line that people paste.
	const others = ways.releases
		.filter(name => name !== live && /^[\w.-]+$/.test(name))
		.toSorted()
		.toReversed();
	const [last] = others;
	return {
		code: 'answer-needed',
		why:
			plan.release === 'previous'
				? `${live} is live already: it is the release before`
				: `${live} is live already`,
		guide: 'rollback',
		next: [
			choices(plan, ways),
			...(last === undefined
				? []
				: [
						'Other releases on the host:',
						...others
							.slice(0, 5)
							.map(
								release =>
									`  ${release}${ways.failed.includes(release) ? ', gone back from once' : ''}`,
							),
						`To one of them: ${sshLine(host, `COCKPIT_RELEASE=${last}`, 'sh', `${state.directory}/rollback-${record.app}.sh`)}`,
					]),
		].join('\n'),
	};
};

/** "The release before" is one that was gone back from: behind a rollback the word would lead forward again. */
const wasLeft = (plan: RollbackPlan, ways: WaysBack, release: string): Refusal => ({
	code: 'answer-needed',
	why: `the release before is ${release}, which was gone back from once: to go back to the release before would bring it live again`,
	guide: 'rollback',
	next: [
		choices(plan, ways),
		// A name becomes part of a line that people paste.
		...(isReleaseId(release)
			? [
					`To ${release} all the same, by its name: cockpit rollback ${plan.record.app} --env ${plan.environment.name} --to ${release}`,
				]
			: []),
	].join('\n'),
});

/** Why a rollback can't begin. No window, soak or checklist is asked: only whether there is something to go back to. */
export const checkWaysBack = (plan: RollbackPlan, ways: WaysBack): Refusal | undefined => {
	const {record, goal, environment, layout, release} = plan;
	const {lock} = ways;
	// A run of which nothing is alive is ended on the way, see `endDeadRun`.
	if (lock && lock.run !== record.run && !isDead(lock)) {
		const doing = lock.running.length > 0 ? `, now at "${lock.running.join('", "')}"` : ', no job running now';
		return {
			code: 'locked',
			why: `${lock.name} on ${lock.machine} holds the lock since ${lock.since}, run ${lock.run}${doing}`,
			next: waysPast(lock.run, record.environment),
		};
	}
	if (ways.layout !== 'releases') {
		return {
			code: 'answer-needed',
			why: `${layout.live} is not a release: the host was not taken over yet`,
			next: `Take it over once, reversibly: cockpit adopt --env ${environment.name}`,
			guide: 'adoption',
		};
	}
	if (goal.kind === 'backup') {
		const backup = ways.backups.find(({file}) => file === `${goal.name}.tar.gz`);
		if (!backup)
			return {
				code: 'answer-needed',
				why: `there is no backup ${goal.name}`,
				next: choices(plan, ways),
				guide: 'rollback',
			};
		if (backup.sizeBytes === 0)
			return {code: 'answer-needed', why: `${goal.name} is empty`, next: choices(plan, ways), guide: 'rollback'};
		if (holdsLive(ways, goal.name))
			return {
				code: 'answer-needed',
				why: `${goal.name} holds ${ways.live ?? ''}, which is live already: nothing would change`,
				next: choices(plan, ways),
				guide: 'rollback',
			};
		return isKnown(plan, ways, backup)
			? undefined
			: {
					code: 'blocked',
					why: `${unknownOrigin}: ${goal.name} has no note, and is newer than the adoption of the ${record.app}`,
					next: `Ask who put it there. If it is to be trusted, have it read, and noted under your name: cockpit backups verify ${goal.name} --env ${environment.name}`,
				};
	}
	const wanted = release === 'previous' ? ways.previous : release;
	if (wanted === undefined)
		return {
			code: 'answer-needed',
			why: 'no earlier release is written down',
			next: choices(plan, ways),
			guide: 'rollback',
		};
	if (wanted === ways.live) return isLiveAlready(plan, ways, wanted);
	if (release === 'previous' && ways.releases.includes(wanted) && ways.failed.includes(wanted))
		return wasLeft(plan, ways, wanted);
	return ways.releases.includes(wanted)
		? undefined
		: {
				code: 'answer-needed',
				why: `release ${wanted} is not on the host any more`,
				next: choices(plan, ways),
				guide: 'rollback',
			};
};

/** Looks what there is, and takes the lock: the only things a rollback waits for. */
export const lookAndLock = (plan: RollbackPlan): readonly [ReadAction, LockAction] => [
	{
		kind: 'read',
		id: 'look-back',
		command: lookBack({
			stateDirectory: plan.state.directory,
			app: plan.state.app,
			layout: plan.layout,
			backups: plan.environment.backups.directory,
			rights: rightsOf(plan),
		}),
		check: results => {
			const ways = parseWaysBack(results['look-back'] ?? '');
			return checkWaysBack(plan, ways) ?? checkRights(plan, ways);
		},
	},
	takeRunLock(plan, {data: {target: plan.goal}, urgency: 'urgent'}),
];
