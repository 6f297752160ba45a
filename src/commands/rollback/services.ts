import type {Command} from '../../domain/command.ts';
import {around, program} from '../shell.ts';
import type {HostState} from '../host-state.ts';
import letRun from './let-run.sh';
import orStart from './or-start-again.sh';
import start from './start-service.sh';

/** Whatever fails while services are stopped: they are started again, and their state is shown. */
export const orStartAgain = (units: readonly string[], command: Command): Command => {
	const guarded = around(command, orStart, [units.join(' ')]);
	return {...guarded, sudo: [...(guarded.sudo ?? []), ...units.map(unit => `root: systemctl start ${unit}`)]};
};

/** Stops a unit for the moment of the swap. */
export const stopService = (unit: string): Command => ({
	argv: ['systemctl', 'stop', unit],
	as: 'root',
	label: `stop ${unit}`,
});

export const startService = (unit: string): Command => ({
	...program(`start ${unit}`, start, [unit]),
	sudo: [`root: systemctl start ${unit}`],
});

/**
 * Starts the units that the swap of the run has stopped, whoever killed it in between. Changes nothing where it did not
 * begin. Part of every way out of a rollback.
 */
export const letServicesRun = (
	{directory, run}: Pick<HostState, 'directory' | 'run'>,
	units: readonly string[],
): Command => ({
	...program('let services run', letRun, [`${directory}/jobs/${run}/swap`, units.join(' ')]),
	sudo: units.map(unit => `root: systemctl start ${unit}`),
});
