import type {Command} from 'commander';
import {envFileOf} from '../../app/env/set-env.ts';
import type {EnvChange} from '../../domain/environments/env-edit.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {changeWord, checkWords} from '../../domain/runs/confirm.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {changeBanner} from '../banners.ts';
import {drive} from '../drive.ts';
import {paint, type Terminal} from '../terminal.ts';
import type {Place} from '../verb.ts';
import {namingConfig} from './naming-config.ts';

type Change = {
	readonly app: AppName;
	readonly change: EnvChange;
	/** For people: what the word is for. */
	readonly what: string;
	readonly json: boolean;
};

/** Takes the word where it was not given, and drives the run. Throws DeployError `wrong-word`. */
export const driveChange = async (
	{terminal, services, environment}: Place,
	pipeline: Pipeline,
	{app, change, what, json, asks}: Change & {readonly asks: boolean},
	command: Command,
): Promise<number> => {
	if (asks) {
		const word = changeWord(environment);
		describe(terminal, pipeline, {app, change});
		const answer = await terminal.ask(`Type ${word} to go on, anything else to stop: `);
		checkWords(what, [word], [answer ?? ''], 'CHANGE BLOCKED');
	}
	return drive(terminal, services, namingConfig(pipeline, command), {attempt: 1, json});
};

/** What is said before the word: key, file and server, and never the value. */
const describe = (
	terminal: Terminal,
	{title, host, environment}: Pipeline,
	{app, change: {key}}: Pick<Change, 'app' | 'change'>,
): void => {
	if (environment.tier === 'production')
		terminal.out(changeBanner(terminal, {title, key, file: envFileOf(environment, app), host, environment}));
	else terminal.out(`${paint(terminal, 'strong', title)}  ${host.user ?? ''}@${host.address}\n`);
};
