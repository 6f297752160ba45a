import type {Command} from '../domain/command.ts';
import {program} from './shell.ts';

const tolerant = `
"$@" && exit 0
echo "noted: $0 exited with $?; the run goes on"
exit 0
`;

/** For what is good to have, but must not end a run: that it failed is noted. */
export const tolerate = (command: Command): Command => {
	const {argv, as, ...rest} = command;
	const words = as === undefined ? argv : (['sudo', '-n', '-u', as, '--', ...argv] as const);
	const label = command.label ?? argv[0];
	return {
		...rest,
		...program(label, tolerant, words),
		label,
		...(as === undefined ? {} : {sudo: [...(command.sudo ?? []), `${as}: ${argv[0]}`]}),
	};
};
