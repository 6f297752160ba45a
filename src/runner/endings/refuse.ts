import {DeployError} from '../../domain/errors.ts';
import type {Pipeline, Refusal, Step} from '../../domain/runs/pipeline.ts';

const titles: Readonly<Record<NonNullable<Refusal['code']>, (step: string, host: string) => string>> = {
	'step-failed': (step, host) => `${step} failed on ${host}`,
	blocked: (step, host) => `DEPLOYMENT BLOCKED: ${step} for ${host}`,
	'answer-needed': (step, host) => `${step}: ${host} is not ready`,
	locked: (_, host) => `${host} is locked`,
};

/** A refusal as the error that ends a run. */
export const refuse = (
	{host, environment}: Pipeline,
	{title}: Step,
	{code = 'step-failed', why, next, guide}: Refusal,
): DeployError =>
	new DeployError({
		code,
		what: titles[code](title, `${host.name} (${environment.name})`),
		why,
		// The host is asked for every other refusal; the lock of somebody else needs no asking.
		now: code === 'locked' ? 'Nothing was changed.' : '',
		next,
		guide,
	});
