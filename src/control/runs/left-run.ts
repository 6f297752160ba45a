import type {AppServices} from '../../app/app-services.ts';
import {lastUnfinished} from '../../app/resume/resume.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import {emptyRun, foldRun} from '../../domain/runs/run-state.ts';
import type {ControlOptions} from '../part.ts';
import type {LeftRun} from '../../store/deploy/wizard.ts';

/** Offers to go on with the run this machine left, if there is one. */
export const offerLeftRun = ({
	services,
	environments,
	store,
}: Pick<ControlOptions, 'services' | 'environments' | 'store'>): void =>
	store.getState().offer({left: findLeftRun(services, environments)});

/** The newest run this machine began and did not see the end of. Reads journals, connects to nothing. */
export const findLeftRun = (services: AppServices, environments: readonly Environment[]): LeftRun | undefined =>
	environments
		.flatMap(environment => leftIn(services, environment))
		.toSorted((a, b) => b.at - a.at)
		.at(0);

const leftIn = (services: AppServices, environment: Environment): LeftRun[] => {
	const run = lastUnfinished(services, environment);
	if (run === undefined) return [];
	const events = services.runs.events({project: environment.project, environment: environment.name, run});
	const {title, steps} = events.reduce(foldRun, emptyRun);
	const last = events.at(-1);
	// A journal without its first line is of no use to a person; `cockpit resume` still finds the run by its lock.
	if (!last || title === '') return [];
	return [
		{
			run,
			environment: environment.name,
			title,
			done: steps.filter(({state}) => state === 'done').length,
			of: steps.length,
			at: last.at,
		},
	];
};
