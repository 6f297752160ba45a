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

/** Keys of a run that is over, well or not. */
export const endedKeys: readonly Binding[] = [
	here('deploy.done', 'choose', ['enter'], 'choose', backToChoose, {rank: 1}),
	...outputKeys('deploy.done'),
	endedEsc('deploy.done'),
	here(
		'deploy.failed',
		'go-on',
		['enter'],
		state => (isLeft(state) ? 'resume the run' : 'choose'),
		context => {
			const {run} = context.store.getState();
			if (isLeft(context.store.getState()) && run?.record) context.controller.resume(run.record.run);
			else backToChoose(context);
		},
		{rank: 1},
	),
	...outputKeys('deploy.failed'),
	endedEsc('deploy.failed'),
];
