import {besideTabs, tabs, type ScreenName} from '../../store/navigation.ts';
import {bind, type Binding, type KeyContext} from './binding.ts';

/** Quitting never stops a run by accident: with one under way it asks. */
export const askToQuit = ({store, terminal}: KeyContext): void => {
	const state = store.getState();
	if (state.isDriving) state.open({kind: 'quit', selected: 'stay'});
	else terminal.exit(0);
};

const openHelp: Binding['run'] = ({store}) => store.getState().open({kind: 'help', filter: '', scroll: 0});

const suspend: Binding['run'] = ({terminal}) => terminal.suspend();

const everywhere = (
	name: string,
	keys: Binding['keys'],
	label: string,
	run: Binding['run'],
	more: Pick<Binding, 'rank' | 'isHidden'> = {},
): Binding => ({...bind('everywhere', name, keys, label, run, {group: 'everywhere', ...more}), id: name});

/** The same where letters are typed. */
const typing = (
	name: string,
	keys: Binding['keys'],
	label: string,
	run: Binding['run'],
	more: Pick<Binding, 'rank'> = {},
): Binding => bind('typing', name, keys, label, run, {group: 'everywhere', isHidden: true, ...more});

/** Screens whose controller shows them, because it asks for something as it does. */
const opening: Readonly<Partial<Record<ScreenName, Binding['run']>>> = {
	checklist: ({controller}) => controller.checklist.open(),
	backups: ({controller}) => controller.backups.open(),
	health: ({controller}) => controller.health.open(),
	history: ({controller}) => controller.history.open(),
	logs: ({controller}) => controller.logs.open(),
	environments: ({controller}) => controller.environments.open(),
	guides: ({controller}) => controller.guides.open(),
};

const screenKey = ({name, screen, key}: (typeof besideTabs)[number]): Binding => {
	const show: Binding['run'] = ({store}) => store.getState().show(screen);
	return bind('screens', name, [key], name, opening[screen] ?? show, {group: 'screens'});
};

/** Keys that work on every screen while nothing is typed and no dialog is open. */
export const globalKeys: readonly Binding[] = [
	...[...tabs.map((tab, index) => ({...tab, key: String(index + 1)})), ...besideTabs].map(screenKey),
	everywhere('help', ['?', 'f1'], 'help', openHelp, {rank: 90}),
	everywhere(
		'commands',
		[':'],
		'commands',
		({store}) => store.getState().open({kind: 'palette', filter: '', selected: undefined}),
		{rank: 91},
	),
	everywhere('quit', ['q', 'ctrl-c'], 'quit', askToQuit, {rank: 92}),
	everywhere('suspend', ['ctrl-z'], 'suspend, fg returns', suspend),
	everywhere(
		'dismiss',
		['esc'],
		'back, never quits',
		({store}) => {
			const state = store.getState();
			if (state.notice) state.hush();
			else if (state.screen !== 'overview') state.show('overview');
		},
		{isHidden: true},
	),
	typing('help', ['f1'], 'help', openHelp, {rank: 90}),
	typing('quit', ['ctrl-c'], 'quit', askToQuit),
	typing('suspend', ['ctrl-z'], 'suspend, fg returns', suspend),
];
