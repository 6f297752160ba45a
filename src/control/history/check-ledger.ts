import type {AppServices} from '../../app/app-services.ts';
import {cleanText} from '../../app/clean-text.ts';
import {verifyLedger} from '../../app/ledger/ledger-care.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import type {ChainCheck} from '../../store/history/history.ts';
import {problemOf} from '../../store/problem-of.ts';

/** Holds the ledger of an environment against what all others have seen of it. A silent host is an answer. */
export const checkLedger = async (
	services: AppServices,
	environment: Environment,
	all: readonly Environment[],
): Promise<ChainCheck> => {
	try {
		const {reading} = await verifyLedger(services, environment, all);
		const {fault, entries} = reading;
		const found = {entries: entries.length, at: services.clock.now()};
		return fault === undefined
			? {...found, state: 'intact'}
			: {...found, state: 'broken', problem: cleanText(fault)};
	} catch (error) {
		return {state: 'silent', entries: 0, problem: problemOf(error).why, at: services.clock.now()};
	}
};
