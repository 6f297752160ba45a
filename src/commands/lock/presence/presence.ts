import type {Actor} from '../../../domain/build.ts';
import type {Command} from '../../../domain/command.ts';
import {objectIn, textOrEmpty} from '../../answers.ts';
import {program} from '../../shell.ts';
import say from './say-who-is-here.sh';

/** One file name for each person on each machine. */
export const presenceName = ({name, machine}: Pick<Actor, 'name' | 'machine'>): string =>
	encodeURIComponent(`${name}@${machine}`).replaceAll('.', '%2E').slice(0, 200);

/** Says that somebody has the checklist open, and prints who else has. Source: design, "Screens", Checklist. */
export const sayWhoIsHere = (
	stateDirectory: string,
	{actor, section}: {readonly actor: Actor; readonly section: string},
): Command =>
	program('say who is here', say, [
		stateDirectory,
		presenceName(actor),
		JSON.stringify({name: actor.name, machine: actor.machine, section}),
	]);

/** Takes oneself off that list. */
export const leaveHere = (stateDirectory: string, actor: Actor): Command => ({
	argv: ['rm', '-f', '--', `${stateDirectory}/here/${presenceName(actor)}`],
	label: 'leave the list of who is here',
});

/** Somebody on the list. */
export type Presence = {readonly id: string; readonly name: string; readonly machine: string; readonly section: string};

/** Reads the answer of `sayWhoIsHere`; a line that can't be read is left out. */
export const parseWhoIsHere = (output: string): readonly Presence[] =>
	output.split('\n').flatMap(line => {
		const split = line.indexOf(' ');
		const {name, machine, section} = objectIn(line.slice(split + 1)) ?? {};
		if (split <= 0 || textOrEmpty(name) === '') return [];
		return [
			{
				id: line.slice(0, split),
				name: textOrEmpty(name),
				machine: textOrEmpty(machine),
				section: textOrEmpty(section),
			},
		];
	});
