import type {CockpitState} from '../../../store/create-store.ts';
import {nextForYou, type NextItem} from '../../../store/overview/next-for-you.ts';
import {selectActivity} from '../../../store/overview/overview-facts.ts';
import {bind, type Binding, type KeyContext} from '../../keys/binding.ts';
import {cursorKeys, panelKeys, type Listed} from '../../kit/list-keys.ts';

const scope = 'overview';
const panels = ['environments', 'activity', 'next'] as const;

/** The list of the focused panel; undefined where nothing can be highlighted. */
const listOf = (state: CockpitState): Listed | undefined => {
	const {panel, lists} = state;
	if (panel === 'environments') return undefined;
	const ids = (panel === 'activity' ? selectActivity(state) : nextForYou(state)).map(({id}) => id);
	return {list: panel, ids, current: lists[panel].cursor};
};

/** Moves to a panel; its first entry is highlighted when none of it is. */
const focus = (before: CockpitState, panel: CockpitState['panel']): void => {
	before.focusPanel(panel);
	const list = listOf({...before, panel});
	const [first] = list?.ids ?? [];
	if (list && first !== undefined && !list.ids.includes(list.current ?? '')) before.pointAt(list.list, first);
};

const noList = (state: CockpitState): string | undefined => (listOf(state) ? undefined : 'Tab to a list first');

/** The highlighted thing to do, as long as it is still to do. */
const chosen = (state: CockpitState): NextItem | undefined =>
	state.panel === 'next' ? nextForYou(state).find(({id}) => id === state.lists.next.cursor) : undefined;

const act = (context: KeyContext): void => {
	const {store, controller} = context;
	const state = store.getState();
	const item = chosen(state);
	if (!item) {
		if (state.panel === 'next' && state.lists.next.cursor !== undefined)
			state.say('attention', 'That is no longer to do.');
		focus(state, 'next');
		return;
	}
	switch (item.act.kind) {
		case 'refresh':
			return controller.refresh();
		case 'resume':
			return controller.runs.resume(item.act.run);
		case 'review':
			return controller.deploy.review(item.act);
		case 'checklist':
			return controller.checklist.open({app: item.act.app, item: item.act.item, isOnlyOpen: false});
		case 'watch':
			return controller.health.open(item.act);
		case 'tell':
			return state.say('attention', item.act.text);
	}
};

/** Where the next deploy goes: what this version can deploy to. */
const deployTarget = ({environments}: CockpitState): string | undefined =>
	environments.find(({tier}) => tier === 'preprod')?.name;

const refuseDeploy = (state: CockpitState): string | undefined => {
	if (state.isDriving) return undefined;
	return deployTarget(state) === undefined ? 'no environment before production is configured' : undefined;
};

const deploy = ({store, controller}: KeyContext): void => {
	const state = store.getState();
	const environment = deployTarget(state);
	if (state.isDriving || environment === undefined) state.show('deploy');
	else controller.deploy.review({app: state.app, environment});
};

export const overviewKeys: readonly Binding[] = [
	bind(scope, 'open', ['enter'], state => chosen(state)?.verb ?? 'next for you', act, {
		rank: 1,
		refusal: state => (nextForYou(state).length === 0 ? 'nothing waits for you' : undefined),
	}),
	...panelKeys(scope, panels, ({panel}) => panel, focus, 2),
	bind(scope, 'app', ['a'], 'app', ({store}) => store.getState().switchApp(), {rank: 3}),
	bind(
		scope,
		'deploy',
		['d'],
		({isDriving, app}) => (isDriving ? 'the run' : app === 'backend' ? 'deploy' : 'deploy the frontend'),
		deploy,
		{rank: 4, refusal: refuseDeploy},
	),
	bind(scope, 'refresh', ['r'], 'refresh', ({controller}) => controller.refresh(), {rank: 7}),
	...cursorKeys(scope, listOf, noList),
];
