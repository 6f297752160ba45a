import type {Command} from '../../domain/command.ts';
import type {LaravelTarget} from '../../domain/environments/environment.ts';
import type {HostState} from '../host-state.ts';
import {around} from '../shell.ts';
import endText from './end-maintenance.sh';
import guardText from './guard.sh';
import whileDownText from './while-down.sh';

/** Shell functions: see `end-maintenance.sh`. */
export const endMaintenance: string = endText;

/**
 * Runs a command of a job while the live release shows visitors its page for maintenance, and brings it up again, however
 * the job ends: a guard on the host does it where the job can't. One that somebody else took down stays down. What a
 * reboot left down the next run of the app brings up, or whoever ends this one.
 */
export const whileDown = (
	command: Command,
	{directory, app, run}: HostState,
	options: {
		/** The job it is part of. */
		readonly job: string;
		/** Absolute live path. */
		readonly live: string;
		readonly target: Pick<LaravelTarget, 'php' | 'owner'>;
	},
): Command => {
	const {job, live, target} = options;
	const {php, owner} = target;
	const guard = [endText, guardText].join('\n');
	const parameters = [directory, app, run, job, live, owner, php, guard];
	// Which of them failed is the last thing that it prints.
	const label = `artisan down, ${command.label ?? command.argv.join(' ')}, artisan up`;
	const wrapped = around({...command, label}, [endText, whileDownText], parameters);
	return {...wrapped, sudo: [...new Set([...(wrapped.sudo ?? []), `${owner}: ${php}`, `${owner}: sh`])]};
};
