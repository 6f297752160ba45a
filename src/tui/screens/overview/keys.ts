import type {CockpitState} from '../../../store/create-store.ts';
import {nextForYou, type NextItem} from '../../../store/overview/next-for-you.ts';
import {selectActivity} from '../../../store/overview/overview-facts.ts';
import type {Binding, KeyContext} from '../../keys/binding.ts';

const panels = ['environments', 'activity', 'next'] as const;
const pageRows = 10;

/** Ids of the list the focused panel shows, and the highlighted one; undefined where nothing can be highlighted. */
const listOf = (
	state: CockpitState,
): {readonly ids: readonly string[]; readonly selected: string | undefined} | undefined => {
	if (state.panel === 'activity')
		return {ids: selectActivity(state).map(({id}) => id), selected: state.lists.activity.cursor};
	return state.panel === 'next'
		? {ids: nextForYou(state).map(({id}) => id), selected: state.lists.next.cursor}
		: undefined;
};

const highlight = ({panel, pointAt}: CockpitState, id: string): void =>
	pointAt(panel === 'activity' ? 'activity' : 'next', id);

/** Moves to a panel; its first entry is highlighted when none of it is. */
const focus = ({store}: KeyContext, panel: CockpitState['panel']): void => {
	store.getState().focusPanel(panel);
	const state = store.getState();
	const list = listOf(state);
	const [first] = list?.ids ?? [];
	if (list && first !== undefined && !list.ids.includes(list.selected ?? '')) highlight(state, first);
};

const turn =
	(by: 1 | -1): Binding['run'] =>
	context => {
		const at = panels.indexOf(context.store.getState().panel);
		const next = panels[(at + by + panels.length) % panels.length];
		if (next) focus(context, next);
	};

const move =
	(to: (at: number, last: number) => number): Binding['run'] =>
	({store}) => {
		const state = store.getState();
		const list = listOf(state);
		if (!list || list.ids.length === 0) return;
		const last = list.ids.length - 1;
		const at = list.ids.indexOf(list.selected ?? '');
		// What was highlighted is gone: the first press only shows where one is.
		const id = list.ids[at < 0 ? 0 : Math.max(0, Math.min(last, to(at, last)))];
		if (id !== undefined) highlight(state, id);
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
		focus(context, 'next');
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

const moveKey = (
	id: string,
	keys: Binding['keys'],
	label: string,
	to: (at: number, last: number) => number,
): Binding => ({
	id: `overview.${id}`,
	keys,
	scope: 'overview',
	label,
	group: 'move',
	isHidden: true,
	refusal: noList,
	run: move(to),
});

export const overviewKeys: readonly Binding[] = [
	{
		id: 'overview.open',
		keys: ['enter'],
		scope: 'overview',
		label: state => chosen(state)?.verb ?? 'next for you',
		group: 'here',
		rank: 1,
		refusal: state => (nextForYou(state).length === 0 ? 'nothing waits for you' : undefined),
		run: act,
	},
	{
		id: 'overview.panel',
		keys: ['tab'],
		scope: 'overview',
		label: 'next panel',
		group: 'move',
		rank: 2,
		isHidden: true,
		run: turn(1),
	},
	{
		id: 'overview.panel-back',
		keys: ['shift-tab'],
		scope: 'overview',
		label: 'previous panel',
		group: 'move',
		isHidden: true,
		run: turn(-1),
	},
	{
		id: 'overview.app',
		keys: ['a'],
		scope: 'overview',
		label: 'app',
		group: 'here',
		rank: 3,
		run: ({store}) => store.getState().switchApp(),
	},
	{
		id: 'overview.deploy',
		keys: ['d'],
		scope: 'overview',
		label: ({isDriving, app}) => (isDriving ? 'the run' : app === 'backend' ? 'deploy' : 'deploy the frontend'),
		group: 'here',
		rank: 4,
		refusal: refuseDeploy,
		run: deploy,
	},
	{
		id: 'overview.refresh',
		keys: ['r'],
		scope: 'overview',
		label: 'refresh',
		group: 'here',
		rank: 7,
		run: ({controller}) => controller.refresh(),
	},
	moveKey('down', ['j', 'down'], 'down', at => at + 1),
	moveKey('up', ['k', 'up'], 'up', at => at - 1),
	moveKey('page-down', ['pagedown'], 'a page down', at => at + pageRows),
	moveKey('page-up', ['pageup'], 'a page up', at => at - pageRows),
	moveKey('first', ['g', 'home'], 'first', () => 0),
	moveKey('last', ['G', 'end'], 'last', (_, last) => last),
];
