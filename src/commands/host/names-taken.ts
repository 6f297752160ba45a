import type {Command} from '../../domain/command.ts';
import {cutAnswer, secondsIn} from '../answers.ts';
import {program} from '../shell.ts';
import ask from './ask-names.sh';

/** What the names of a run are made from. */
export type NamesTaken = {
	/** The clock of the host, epoch milliseconds. */
	readonly time: number;
	/** Releases and backups there, as far as they carry a date of these days. */
	readonly names: readonly string[];
};

/** Asks what time it is on a host, and what is called by a time there already. Changes nothing. */
export const askNames = ({
	owner,
	releases,
	backups,
}: {
	readonly owner: string;
	readonly releases: string;
	readonly backups: string;
}): Command => program('ask for the time, and for the names taken', ask, [owner, releases, backups]);

/** Reads what `askNames` printed. Throws DeployError `answer-unreadable`. */
export const parseNames = (text: string): NamesTaken => {
	const [first = '', ...names] = text.split('\0');
	const time = first.startsWith('time ') ? secondsIn(first.slice('time '.length)) : undefined;
	if (time === undefined) throw cutAnswer('the time there', text, 'it did not say its time');
	return {time: time * 1000, names: names.filter(Boolean)};
};
