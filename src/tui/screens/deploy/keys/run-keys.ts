import type {CockpitState} from '../../../../store/create-store.ts';
import {hasSwapBegun, selectIsLinkLost} from '../../../../store/runs/run.ts';
import {bind, type Binding} from '../../../keys/binding.ts';
import {backKey} from '../../../kit/list-keys.ts';
import {outputKeys} from './output-keys.ts';

const cancelRefusal = (state: CockpitState): string | undefined => {
	if (!state.isDriving) return 'no run is under way';
	return hasSwapBegun(state.run) ? 'too late: the swap has begun, the run goes on to its end' : undefined;
};

const linkRefusal = (state: CockpitState): string | undefined =>
	selectIsLinkLost(state) ? undefined : 'the connection is up';

export const runKeys: readonly Binding[] = [
	bind('deploy.run', 'try-now', ['enter'], 'try now', ({controller}) => controller.runs.reconnect(), {
		refusal: linkRefusal,
	}),
	bind('deploy.run', 'leave', ['D'], 'leave it running', ({controller}) => controller.runs.leave(), {
		refusal: linkRefusal,
	}),
	...outputKeys('deploy.run'),
	bind(
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
	bind(
		'deploy.run',
		'cancel',
		['c'],
		'cancel: live stays as it is',
		({store}) => store.getState().open({kind: 'cancel', selected: 'stay'}),
		{rank: 5, group: 'danger', refusal: cancelRefusal, isOffered: ({run}) => !hasSwapBegun(run)},
	),
	backKey('deploy.run', ({outputView, setOutputView, show}) => {
		if (outputView.search !== '') setOutputView({...outputView, search: '', hit: undefined});
		else if (outputView.isWide) setOutputView({...outputView, isWide: false});
		else show('overview');
	}),
];
