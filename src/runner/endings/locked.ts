import {parseHold} from '../../commands/lock/hold.ts';
import {parseLockHolder} from '../../commands/lock/lock.ts';
import {DeployError} from '../../domain/errors.ts';
import {moment} from '../../domain/format.ts';
import {waysPast} from '../../domain/runs/open-run.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {sanitise} from '../jobs/job-output.ts';

const again = ({record: {kind, app}, environment: {name}}: Pipeline): string =>
	({
		deploy: `cockpit deploy ${app} --env ${name}`,
		rollback: `cockpit rollback ${app} --env ${name} --to ...`,
		adopt: `cockpit adopt --env ${name}`,
		'adopt-undo': `cockpit adopt --env ${name} --undo`,
	})[kind];

/** Why a run did not get its lock: another run has it, somebody holds the app, or the run is over. `text`: what the host has printed. */
export const lockedError = (pipeline: Pipeline, text: string): DeployError => {
	const {record, environment, host} = pipeline;
	const {name, timeZone} = environment;
	const locked = (why: string, next: string): DeployError =>
		new DeployError({
			code: 'locked',
			what: `${name} ${record.app} on ${host.name} is locked`,
			why: sanitise(why),
			now: 'Nothing was changed.',
			next: next.split('\n').map(sanitise).join('\n'),
		});
	const hold = text.startsWith('hold\n') ? parseHold(text.slice('hold\n'.length)) : undefined;
	if (hold)
		return locked(
			`${hold.name} on ${hold.machine} holds it until ${moment(hold.until, timeZone)}: ${hold.reason}`,
			`Ask ${hold.name}, or end it: cockpit unlock --env ${name} --reason ...`,
		);
	const holder = parseLockHolder(text);
	if (!holder) return locked(`run ${record.run} is over: ${text.trim()}`, `Start again: ${again(pipeline)}`);
	const doing = holder.running.length > 0 ? `, now at "${holder.running.join('", "')}"` : ', no job running now';
	return locked(
		`${holder.name} on ${holder.machine} holds it since ${holder.since}, run ${holder.run}${doing}`,
		waysPast(holder.run, name),
	);
};
