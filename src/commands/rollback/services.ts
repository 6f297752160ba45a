import type {Command} from '../../domain/command.ts';
import {around, program} from '../shell.ts';
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
