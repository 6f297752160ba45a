import {prepareAdoption} from '../app/adopt.ts';
import {readStatus} from '../app/status.ts';
import {backendOf} from '../app/backend-of.ts';
import {checkWords} from '../domain/confirm.ts';
import {primaryHost} from '../domain/environment.ts';
import {environmentNamed, type CliContext, type Cockpit} from './cli-context.ts';
import {drive} from './drive.ts';
import {printPlan} from './print-plan.ts';
import {jsonSchemaVersion} from './run-printer.ts';
import type {Terminal} from './terminal.ts';

export type AdoptOptions = {
	readonly env: string;
	readonly undo: boolean;
	readonly plan: boolean;
	readonly json: boolean;
};

/** `cockpit adopt --env E [--undo]`. A person types the word; a script has already said it by calling this verb. */
export const adopt = async ({terminal}: CliContext, cockpit: Cockpit, options: AdoptOptions): Promise<number> => {
	const environment = environmentNamed(cockpit, options.env);
	backendOf(environment);
	if (options.plan) {
		printPlan(terminal, await prepareAdoption(cockpit.services, {environment, undo: options.undo}), options.json);
		return 0;
	}
	await cockpit.services.sessions.session(primaryHost(environment)).connect();
	const [status] = await readStatus(cockpit.services, [environment]);
	if (status?.backend?.live !== undefined && !options.undo) {
		return nothingToDo(
			terminal,
			options,
			`The backend of ${environment.name} is adopted already: ${status.backend.live} is live.`,
		);
	}
	if (status?.backend?.isAdopted === false && options.undo) {
		return nothingToDo(terminal, options, `The backend of ${environment.name} is a plain directory already.`);
	}
	const pipeline = await prepareAdoption(cockpit.services, {environment, undo: options.undo});
	if (terminal.isInteractive && !options.json) {
		const word = options.undo ? 'undo' : 'adopt';
		const answer = await terminal.ask(
			`${pipeline.title} (${pipeline.host.address}). Type ${word} to go on, anything else to stop: `,
		);
		checkWords(pipeline.title, [word], [answer ?? '']);
	}
	return drive(terminal, cockpit.services, pipeline, {attempt: 1, json: options.json});
};

/** Asking for what is so already is no mistake: a script may run twice. */
const nothingToDo = (terminal: Terminal, {json}: AdoptOptions, why: string): number => {
	terminal.out(json ? `${JSON.stringify({schema: jsonSchemaVersion, type: 'adopt.unneeded', why})}\n` : `${why}\n`);
	return 0;
};
