import type {RegisterVerb} from '../verb.ts';
import {registerEnvSet} from './env-set.ts';

export const register: RegisterVerb = (program, actions) => {
	const env = program.command('env').description('values of the environments');
	registerEnvSet(env, actions);
};
