import {selectIsRunActive} from '../../store/runs/run.ts';
import type {Binding, KeyContext} from './binding.ts';

/** Quitting never stops a run by accident: with one under way it asks. */
export const askToQuit = ({store, terminal}: KeyContext): void => {
	const state = store.getState();
	if (selectIsRunActive(state)) state.open({kind: 'quit', selected: 'stay'});
	else terminal.exit(0);
};

const notYet = (): string => 'not part of this version';

const screen = (key: string, id: string, label: string, run?: Binding['run']): Binding => ({
	id: `screen.${id}`,
	keys: [key],
	scope: 'screens',
	label,
	group: 'screens',
	...(run ? {run} : {run: () => undefined, refusal: notYet}),
});

/** Keys that work on every screen while nothing is typed and no dialog is open. */
export const globalKeys: readonly Binding[] = [
	screen('1', 'overview', 'Overview', ({store}) => store.getState().show('overview')),
	screen('2', 'checklist', 'Checklist', ({controller}) => controller.checklist.open()),
	screen('3', 'deploy', 'Deploy', ({store}) => store.getState().show('deploy')),
	screen('4', 'backups', 'Backups', ({controller}) => controller.backups.open()),
	screen('5', 'health', 'Health'),
	screen('6', 'logs', 'Logs'),
	screen('7', 'history', 'History', ({controller}) => controller.history.open()),
	{
		id: 'help',
		keys: ['?', 'f1'],
		scope: 'everywhere',
		label: 'help',
		group: 'everywhere',
		rank: 90,
		run: ({store}) => store.getState().open({kind: 'help', filter: '', scroll: 0}),
	},
	{
		id: 'commands',
		keys: [':'],
		scope: 'everywhere',
		label: 'commands',
		group: 'everywhere',
		rank: 91,
		run: ({store}) => store.getState().open({kind: 'palette', filter: '', selected: undefined}),
	},
	{
		id: 'quit',
		keys: ['q', 'ctrl-c'],
		scope: 'everywhere',
		label: 'quit',
		group: 'everywhere',
		rank: 92,
		run: askToQuit,
	},
	{
		id: 'suspend',
		keys: ['ctrl-z'],
		scope: 'everywhere',
		label: 'suspend, fg returns',
		group: 'everywhere',
		run: ({terminal}) => terminal.suspend(),
	},
	{
		id: 'dismiss',
		keys: ['esc'],
		scope: 'everywhere',
		label: 'back, never quits',
		group: 'everywhere',
		isHidden: true,
		run: ({store}) => {
			const state = store.getState();
			if (state.notice) state.hush();
			else if (state.screen !== 'overview') state.show('overview');
		},
	},
	{
		id: 'typing.help',
		keys: ['f1'],
		scope: 'typing',
		label: 'help',
		group: 'everywhere',
		rank: 90,
		isHidden: true,
		run: ({store}) => store.getState().open({kind: 'help', filter: '', scroll: 0}),
	},
	{
		id: 'typing.quit',
		keys: ['ctrl-c'],
		scope: 'typing',
		label: 'quit',
		group: 'everywhere',
		isHidden: true,
		run: askToQuit,
	},
	{
		id: 'typing.suspend',
		keys: ['ctrl-z'],
		scope: 'typing',
		label: 'suspend, fg returns',
		group: 'everywhere',
		isHidden: true,
		run: ({terminal}) => terminal.suspend(),
	},
];
