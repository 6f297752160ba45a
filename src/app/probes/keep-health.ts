import type {AppName, Environment} from '../../domain/environments/environment.ts';
import type {AppServices} from '../app-services.ts';

/** Keeps an answer of an app's health address, whoever asked it and why. `at`: epoch milliseconds by the host. */
export const keepHealth = (
	{samples}: Pick<AppServices, 'samples'>,
	{project, name}: Pick<Environment, 'project' | 'name'>,
	{
		app,
		at,
		answer,
		durationMs,
		isGood,
	}: {
		readonly app: AppName;
		readonly at: number;
		/** Status code, or why there was none. */
		readonly answer: string;
		readonly durationMs: number;
		readonly isGood: boolean;
	},
): void =>
	samples.add({project, environment: name}, [
		{
			probe: `${app}.health`,
			title: app === 'backend' ? 'API health' : 'site health',
			kind: 'http',
			app,
			at: Math.round(at),
			state: isGood ? 'pass' : 'fail',
			value: Math.round(durationMs),
			unit: 'ms',
			text: isGood ? `${answer} in ${Math.round(durationMs)} ms` : answer,
		},
	]);
