import type {CockpitState} from '../../../../store/create-store.ts';
import {hasSwapBegun, selectIsLinkLost} from '../../../../store/runs/run.ts';
import type {Binding} from '../../../keys/binding.ts';
import {here} from './here.ts';
import {outputKeys} from './output-keys.ts';

const cancelRefusal = (state: CockpitState): string | undefined => {
	if (!state.isDriving) return 'no run is under way';
	return hasSwapBegun(state.run) ? 'too late: the swap has begun, the run goes on to its end' : undefined;
};

const linkRefusal = (state: CockpitState): string | undefined =>
	selectIsLinkLost(state) ? undefined : 'the connection is up';

export const runKeys: readonly Binding[] = [
	here('deploy.run', 'try-now', ['enter'], 'try now', ({controller}) => controller.runs.reconnect(), {
		refusal: linkRefusal,
	}),
	here('deploy.run', 'leave', ['D'], 'leave it running', ({controller}) => controller.runs.leave(), {
		refusal: linkRefusal,
	}),
	...outputKeys('deploy.run'),
	here(
		'deploy.run',
		'search',
		['/'],
		'search',
		({store}) => {
			const state = store.getState();
			state.setOutputView({...state.outputView, search: '', hit: undefined});
			state.setSearching(true);
		},
		{rank: 4},
	),
	here(
		'deploy.run',
		'cancel',
		['c'],
		'cancel: live stays as it is',
		({store}) => store.getState().open({kind: 'cancel', selected: 'stay'}),
		{rank: 5, group: 'danger', refusal: cancelRefusal},
	),
	here(
		'deploy.run',
		'back',
		['esc'],
		'back',
		({store}) => {
			const state = store.getState();
			if (state.notice) state.hush();
			else if (state.outputView.search !== '')
				state.setOutputView({...state.outputView, search: '', hit: undefined});
			else if (state.outputView.isWide) state.setOutputView({...state.outputView, isWide: false});
			else state.show('overview');
		},
		{isHidden: true},
	),
];
