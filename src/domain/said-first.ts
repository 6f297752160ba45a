import {sanitise} from './sanitise.ts';

const most = 200;

/** The beginning of what a host said instead of an answer, for an error: no controls, no more than 200 characters. */
export const saidFirst = (text: string): string => {
	const words = text
		.slice(0, most * 20)
		.split(/\r?\n/)
		.map(line => sanitise(line).trim())
		.filter(line => line !== '')
		.join(' · ');
	if (words === '') return 'nothing';
	return words.length > most ? `${words.slice(0, most)}…` : words;
};
