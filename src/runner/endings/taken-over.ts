import {parseLockHolder} from '../../commands/lock/lock.ts';
import {DeployError} from '../../domain/errors.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';

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
