import {parseHold} from '../../commands/lock/hold/hold.ts';
import {parseLockHolder} from '../../commands/lock/lock.ts';
import {parseNotOwner} from '../../commands/lock/marker/marker.ts';
import {blocked, DeployError, locked} from '../../domain/errors.ts';
import {moment} from '../../domain/format.ts';
import {waysPast} from '../../domain/runs/open-run.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {sanitise} from '../jobs/job-output.ts';

/** The line that starts such a run anew. */
export const again = ({record: {kind, app, env}, environment: {name}}: Pipeline): string =>
	({
		deploy: `cockpit deploy ${app} --env ${name}`,
		rollback: `cockpit rollback ${app} --env ${name} --to ...`,
		adopt: `cockpit adopt --env ${name}`,
		'adopt-undo': `cockpit adopt --env ${name} --undo`,
		'set-env':
			env?.of === undefined
				? `cockpit env set ${env?.key ?? 'KEY'} --env ${name} --app ${app}`
				: `cockpit env restore ${env.of} --env ${name}`,
	})[kind];

/**
 * Why a run did not get its lock: another run has it, somebody holds the app, or the run is over. `text`: what the host
 * has printed.
 */
export const lockedError = (pipeline: Pipeline, text: string): DeployError => {
	const {record, environment, host} = pipeline;
	const {name, timeZone} = environment;
	const refused = (why: string, next: string): DeployError =>
		locked({
			what: `${name} ${record.app} on ${host.name} is locked`,
			why: sanitise(why),
			next: next.split('\n').map(sanitise).join('\n'),
		});
	const hold = text.startsWith('hold\n') ? parseHold(text.slice('hold\n'.length)) : undefined;
	if (hold)
		return refused(
			`${hold.name} on ${hold.machine} holds it until ${moment(hold.until, timeZone)}: ${hold.reason}`,
			`Ask ${hold.name}, or end it: cockpit unlock --env ${name} --reason ...`,
		);
	const holder = parseLockHolder(text);
	if (!holder) return refused(`run ${record.run} is over: ${text.trim()}`, `Start again: ${again(pipeline)}`);
	const doing = holder.running.length > 0 ? `, now at "${holder.running.join('", "')}"` : ', no job running now';
	return refused(
		`${holder.name} on ${holder.machine} holds it since ${holder.since}, run ${holder.run}${doing}`,
		waysPast(holder.run, name),
	);
};

/**
 * The live path belongs to another environment, or nobody can tell whose it is. `output`: what the command that asked has
 * written; undefined when it ended with that code for a reason of its own.
 */
export const notOwnerError = ({environment, app, host}: Pipeline, output: string): DeployError | undefined => {
	const found = parseNotOwner(output);
	return (
		found &&
		blocked({
			what: `BLOCKED: the ${app} on ${host.name} is not known to be that of ${environment.name}`,
			why: sanitise(found.why),
			now: '',
			next: sanitise(found.next),
		})
	);
};

/** What a driver is told whose run somebody else drives on. `holder`: the lines of the lock as the host keeps them. */
export const takenOver = ({record, environment}: Pipeline, holder: string): DeployError => {
	const found = parseLockHolder(holder.trimEnd());
	return new DeployError({
		code: 'taken-over',
		what: `Run ${record.run} is no longer driven from here`,
		why:
			found?.run === record.run
				? `${found.name} on ${found.machine} took it over at ${found.since}`
				: 'its lock was given back',
		now: 'Nothing was started from here after that.',
		next: `See how it goes on: cockpit status --env ${environment.name}`,
	});
};
