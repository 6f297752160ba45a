import type {Command} from '../../domain/command.ts';
import type {NextTarget} from '../../domain/environments/environment.ts';
import {objectIn, textOrEmpty} from '../answers.ts';
import findListener from '../host/find-listener.cjs';
import pm2 from '../nextjs/pm2.cjs';
import {pm2Values} from '../nextjs/pm2.ts';
import {nodeProgram} from '../node-program.ts';
import findPm2LogsText from './find-pm2-logs.cjs';

/** Asks PM2 where it writes what the app says. Changes nothing, and starts no PM2. */
export const findPm2Logs = (target: NextTarget): Command => ({
	...nodeProgram('ask PM2 where it writes', {
		node: target.node,
		text: [findListener, pm2, findPm2LogsText].join('\n'),
		about: {...pm2Values(target), memory: ''},
	}),
	sudo: target.pm2User === undefined ? [] : ['root: cat', `${target.pm2User}: env`],
});

/** Reads the answer; what PM2 does not say is empty. */
export const parsePm2Logs = (text: string): {readonly output: string; readonly errors: string} => {
	const said = objectIn(text.trim().split('\n').at(-1) ?? '') ?? {};
	return {output: textOrEmpty(said['output']), errors: textOrEmpty(said['errors'])};
};
