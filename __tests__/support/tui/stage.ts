import {wantsColour} from '../../../src/cli/terminal.ts';
import type {CockpitController} from '../../../src/control/controller.ts';
import type {CockpitStore} from '../../../src/store/create-store.ts';
import {stages} from '../../tui/screens/deploy/fixtures.ts';
import {quietController, quietStore} from './quiet-cockpit.ts';
import {serveMarks} from './stage-marks.ts';

/** What `r` on the overview does in each play: a fault, or output of the process's own. */
const plays: Readonly<Record<string, (store: CockpitStore) => void>> = {
	nothing: () => undefined,
	'throw-in-key': () => {
		throw new Error('a key went wrong');
	},
	'throw-outside': () => {
		setImmediate(() => {
			throw new Error('a timer went wrong');
		});
	},
	'throw-while-driving': store => {
		store.getState().beginDriving();
		setImmediate(() => {
			throw new Error('a timer went wrong');
		});
	},
	'reject-outside': () => {
		void Promise.reject(new Error('nobody waited for this'));
	},
	'throw-in-frame': store => {
		const project = {
			toString: () => {
				throw new Error('a header went wrong');
			},
		};
		store.setState({project: project as unknown as string});
	},
	'throw-in-dialog': store => {
		const filter = {
			toLowerCase: () => {
				throw new Error('a dialog went wrong');
			},
		};
		store.getState().open({kind: 'palette', filter: filter as unknown as string, selected: undefined});
	},
	print: store => {
		console.log('TORN by console.log');
		console.error('TORN by console.error');
		console.warn('TORN by console.warn %s', 'with words');
		process.emitWarning('TORN by a warning');
		store.getState().say('success', 'all printed');
	},
};

/** A choice that leads to the word, and the word to a run: a whole deploy without a host. */
function story(): CockpitStore {
	const store = stages['choose']?.() ?? quietStore();
	store.getState().offer({
		pick: id => store.getState().askWords('deploy', {app: 'backend', environment: 'preprod'}, [id.slice(0, 3)]),
	});
	store.getState().show('overview');
	return store;
}

/** A cockpit on no hosts at all: `stage.mjs PLAY LOG`. What it shows is the product's; what happens is the play's. */
const [name = '', logPath = ''] = process.argv.slice(2);
if (!wantsColour(process.env, true)) process.env['FORCE_COLOR'] = '0';
const {startTui} = await import('../../../src/tui/start-tui.tsx');
const store = name === 'story' ? story() : quietStore();
const controller: CockpitController = quietController({
	refresh: () => plays[name]?.(store),
	deploy: {
		confirm: () => {
			const {typed, say, setStage} = store.getState();
			store.setState({isDriving: true, run: stages['run']?.().getState().run});
			setStage('run');
			say('success', `started by ${typed}`);
		},
	},
});
if (name === 'story') await serveMarks(`${logPath}.marks`, store, process.stdin);
process.exitCode = await startTui({
	store,
	controller,
	stdin: process.stdin,
	stdout: process.stdout,
	environment: process.env,
	hasColour: wantsColour(process.env, true),
	logPath,
	// Pieces of a key come as late as a busy machine sends them; no play has a lone Escape.
	...(name === 'story' ? {escapeMs: 60_000} : {}),
});
