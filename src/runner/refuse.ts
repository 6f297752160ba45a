import {DeployError} from '../domain/errors.ts';
import type {Pipeline, Refusal, Step} from '../domain/pipeline.ts';

const titles: Readonly<Record<NonNullable<Refusal['code']>, (step: string, host: string) => string>> = {
	'step-failed': (step, host) => `${step} failed on ${host}`,
	blocked: () => 'DEPLOYMENT BLOCKED',
	'answer-needed': (step, host) => `${step}: ${host} is not ready`,
	locked: (_, host) => `${host} is locked`,
};

/** A refusal as the error that ends a run. */
export const refuse = (
	{host, environment}: Pipeline,
	{title}: Step,
	{code = 'step-failed', why, next}: Refusal,
): DeployError =>
	new DeployError({code, what: titles[code](title, `${host.name} (${environment.name})`), why, now: '', next});
