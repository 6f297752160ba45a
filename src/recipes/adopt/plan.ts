import {targetOf, type AppTarget} from '../../domain/environments/environment.ts';
import {releaseId} from '../../domain/runs/run-names.ts';
import {planRun, type RunPlan} from '../run/plan.ts';

/** Every value an adoption needs, settled before anything is touched. */
export type AdoptPlan<Target extends AppTarget = AppTarget> = RunPlan<Target> & {
	readonly release: string;
	/** Whether a commit or a build once brought this path: only such a one may be removed by later deploys. */
	readonly isKnown: (path: string) => boolean;
	/** Hex sha256 of a text. */
	readonly hash: (text: string) => string;
};

/** Throws TypeError when the environment lacks the app or a host; the front ends check both first. */
export const planAdoption = ({
	record,
	environment,
	...more
}: Pick<AdoptPlan, 'record' | 'environment' | 'isKnown' | 'hash'>): AdoptPlan => {
	const planned = planRun({record, environment}, targetOf(environment, record.app));
	return {...planned, ...more, release: releaseId(record.startedAt, 'adopted')};
};
