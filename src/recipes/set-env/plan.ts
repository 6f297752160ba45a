import {envPlace, type EnvPlace} from '../../commands/env/change-env.ts';
import type {EnvChange} from '../../domain/environments/env-edit.ts';
import {targetOf, type AppTarget} from '../../domain/environments/environment.ts';
import type {Sha256} from '../../domain/ledger/ledger.ts';
import {planRun, type RunPlan} from '../run/plan.ts';

/** Every value a change of a `.env` needs, settled before anything is touched. */
export type EnvPlan<Target extends AppTarget = AppTarget> = RunPlan<Target> &
	EnvPlace & {
		readonly target: Target;
		readonly change: EnvChange;
		/**
		 * What the key is set to. It is in the memory of the cockpit that began the run, and nowhere else; undefined: this is
		 * another one, or nothing is set.
		 */
		readonly value: string | undefined;
		readonly hash: Sha256;
	};

/** Throws TypeError when the record names no key, or the environment lacks the app or a host. */
export const planEnvChange = ({
	record,
	environment,
	...more
}: Pick<EnvPlan, 'record' | 'environment' | 'value' | 'hash'>): EnvPlan => {
	const {app, env: change} = record;
	if (!change) throw new TypeError(`no change of a value of ${app} in ${environment.name}`);
	const planned = planRun({record, environment}, targetOf(environment, app));
	return {...planned, ...envPlace(planned, change.of), ...more, change};
};
