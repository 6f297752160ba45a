import {exitCodes} from '../../../../domain/errors.ts';
import type {CockpitState} from '../../../../store/create-store.ts';
import {bind, type Binding} from '../../../keys/binding.ts';
import {isWatched} from '../ended/watch-next.ts';
import {backKey} from '../../../kit/list-keys.ts';
import {guideKey} from './guide-key.ts';
import {outputKeys, type OutputScope} from './output-keys.ts';

const isLeft = ({run}: CockpitState): boolean => run?.finished?.outcome === 'left';

const placeOfRun = ({environment, app}: NonNullable<CockpitState['runPlan']>) => ({environment, app});

/** Only what went live can be gone back from, and only once. */
const rollbackRefusal = ({run, runPlan, isDriving}: CockpitState): string | undefined => {
	if (isDriving) return 'a run is under way';
	if (runPlan?.kind === 'rollback') return 'this was a rollback; 4 shows what else there is to go back to';
	if (runPlan?.kind !== 'deploy') return 'nothing went live that could be gone back from';
	if (run?.goingBack?.state === 'done') return 'the run went back by itself';
	return run?.live === undefined && run?.finished?.exitCode !== exitCodes['failed-after-swap']
		? 'live was not changed'
		: undefined;
};

/** Keys of every end. Rolling back opens the gate of what was live before; nothing happens before its word. */
const keysOfEnd = (scope: OutputScope): readonly Binding[] => [
	bind(
		scope,
		'roll-back',
		['R'],
		'roll back',
		({store, controller}) => {
			const {runPlan} = store.getState();
			if (runPlan) controller.rollback.open({app: runPlan.app, environment: runPlan.environment, to: 'previous'});
		},
		{rank: 2, group: 'danger', refusal: rollbackRefusal},
	),
	...outputKeys(scope),
	backKey(
		scope,
		({outputView, setOutputView, setStage}) => {
			if (outputView.isWide) setOutputView({...outputView, isWide: false});
			else setStage('choose');
		},
		{label: 'choose'},
	),
];

/** Keys of a run that is over, well or not. */
export const endedKeys: readonly Binding[] = [
	bind(
		'deploy.done',
		'next',
		['enter'],
		state => (isWatched(state) ? 'to the watch' : 'choose'),
		({store, controller}) => {
			const state = store.getState();
			if (isWatched(state) && state.runPlan) controller.health.open(placeOfRun(state.runPlan));
			else state.setStage('choose');
		},
		{rank: 1},
	),
	...keysOfEnd('deploy.done'),
	bind(
		'deploy.failed',
		'go-on',
		['enter'],
		state => (isLeft(state) ? 'resume the run' : 'choose'),
		({store, controller}) => {
			const state = store.getState();
			if (isLeft(state) && state.run?.record) controller.runs.resume(state.run.record.run);
			else state.setStage('choose');
		},
		{rank: 1},
	),
	...keysOfEnd('deploy.failed'),
	guideKey('deploy.failed'),
];
