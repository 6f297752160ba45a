import {exitCodes} from '../../../../domain/errors.ts';
import type {CockpitState} from '../../../../store/create-store.ts';
import type {Binding} from '../../../keys/binding.ts';
import {backToChoose, here} from './here.ts';
import {outputKeys, setView, type OutputScope} from './output-keys.ts';

const isLeft = ({run}: CockpitState): boolean => run?.finished?.outcome === 'left';

const endedEsc = (scope: OutputScope): Binding =>
	here(
		scope,
		'back',
		['esc'],
		'choose',
		context => {
			const {notice, hush, outputView} = context.store.getState();
			if (notice) hush();
			else if (outputView.isWide) setView(context, view => ({...view, isWide: false}));
			else backToChoose(context);
		},
		{isHidden: true},
	);

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

/** Opens the gate of the rollback to what was live before; nothing happens before its word. */
const rollBack = (scope: OutputScope): Binding =>
	here(
		scope,
		'roll-back',
		['R'],
		'roll back',
		({store, controller}) => {
			const {runPlan} = store.getState();
			if (runPlan) controller.rollback.open({app: runPlan.app, environment: runPlan.environment, to: 'previous'});
		},
		{rank: 2, group: 'danger', refusal: rollbackRefusal},
	);

/** Keys of a run that is over, well or not. */
export const endedKeys: readonly Binding[] = [
	here('deploy.done', 'choose', ['enter'], 'choose', backToChoose, {rank: 1}),
	rollBack('deploy.done'),
	...outputKeys('deploy.done'),
	endedEsc('deploy.done'),
	here(
		'deploy.failed',
		'go-on',
		['enter'],
		state => (isLeft(state) ? 'resume the run' : 'choose'),
		context => {
			const {run} = context.store.getState();
			if (isLeft(context.store.getState()) && run?.record) context.controller.runs.resume(run.record.run);
			else backToChoose(context);
		},
		{rank: 1},
	),
	rollBack('deploy.failed'),
	...outputKeys('deploy.failed'),
	endedEsc('deploy.failed'),
];
