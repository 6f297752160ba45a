import {DeployError} from '../domain/errors.ts';
import type {Known} from '../domain/gates/gates.ts';

export const known = <Value>(value: Value): Known<Value> => ({value});
export const unknown = <Value>(why: string): Known<Value> => ({unknown: why});

/** Why a question has no answer. Throws what is a bug. */
export const whyOf = (error: unknown): string => {
	if (error instanceof DeployError) return error.why;
	throw error;
};

/** Asks where a failure is an answer too; bugs are thrown. */
export const answerTo = async <Value>(ask: () => Promise<Value>): Promise<Known<Value>> => {
	try {
		return known(await ask());
	} catch (error) {
		return unknown(whyOf(error));
	}
};
