import {appendFileSync} from 'node:fs';

/** Appends one line of JSON. Synchronous, so that the line is there before what it announces happens. */
export const appendJson = (file: string, entry: Readonly<Record<string, unknown>>): void =>
	appendFileSync(file, `${JSON.stringify({at: new Date().toISOString(), ...entry})}\n`);
