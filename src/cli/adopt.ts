import {prepareAdoption} from '../app/adopt.ts';
import {backendOf} from '../app/backend-of.ts';
import {checkWords} from '../domain/confirm.ts';
import {primaryHost} from '../domain/environment.ts';
import {environmentNamed, type CliContext, type Cockpit} from './cli-context.ts';
import {drive} from './drive.ts';
import {printPlan} from './print-plan.ts';

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
