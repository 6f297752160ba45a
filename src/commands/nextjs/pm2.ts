import type {Command} from '../../domain/command.ts';
import type {NextTarget} from '../../domain/environments/environment.ts';
import type {HostState} from '../host-state.ts';
import {nodeProgram, nodeWords} from '../node-program.ts';
import findListener from '../host/find-listener.cjs';
import pm2 from './pm2.cjs';
import {asUser, program} from '../shell.ts';
import stop from './stop-pm2.cjs';
import start from './start-pm2.cjs';
import prove from './prove-pm2.cjs';
import ensure from './ensure-pm2-runs.cjs';
import guard from './while-stopped.sh';
import save from './save-pm2.cjs';
import tell from './tell-pm2.cjs';

/** The app as PM2 of a host runs it. */
export type Pm2App = {
	readonly state: HostState;
	/** PM2 starts the app in its live path, so that it follows the link. */
	readonly target: Pick<NextTarget, 'path' | 'pm2' | 'pm2User' | 'pm2Names' | 'node' | 'port'>;
};

/** What the programs about PM2 have to know of an app, whatever they are about. */
export const pm2Values = ({path, pm2, pm2User = '', pm2Names, port}: Omit<Pm2App['target'], 'node'>) => ({
	pm2,
	pm2User,
	names: pm2Names,
	port,
	live: path,
});

/** Rights that asking about processes may need: only where another user's are in the way. */
const rights = ({target}: Pm2App): readonly string[] => [
	'root: find',
	'root: readlink',
	...(target.pm2User === undefined ? [] : ['root: cat', `${target.pm2User}: env`]),
];

type More = Readonly<Record<string, unknown>>;

const aboutPm2 = ({state, target}: Pm2App, text: string, more: More): Parameters<typeof nodeWords>[0] => {
	const jobs = `${state.directory}/jobs/${state.run}`;
	return {
		node: target.node,
		text: [findListener, pm2, text].join('\n'),
		about: {...pm2Values(target), memory: `${jobs}/pm2`, proof: `${jobs}/pm2-proof`, ...more},
	};
};

const pm2Program = (label: string, app: Pm2App, text: string, more: More = {}): Command => ({
	...nodeProgram(label, aboutPm2(app, text, more)),
	sudo: rights(app),
});

/**
 * Stops the app's process, whichever of its names is in use, and waits until its whole tree is gone and the port is
 * free. In cluster mode nothing is stopped. When that does not work the process is started again before it fails, with
 * the process that holds the port named. Nobody else's process is ended.
 */
export const stopPm2 = (app: Pm2App, patienceMs = 15_000): Command => pm2Program('stop PM2', app, stop, {patienceMs});

/**
 * Starts the stopped process by its name, with the environment it had, or reloads a cluster, and waits until all of it
 * runs in the release that is live and owns the port. A process that was begun before and still answers is named.
 */
export const startPm2 = (app: Pm2App, withinMs: number): Command => pm2Program('start PM2', app, start, {withinMs});

/**
 * Proves, a while after the start, that it is still that process: online, not restarted since, `pm_cwd` the live path,
 * its real directory the live release, and the port its own. One fact a line. Reads only.
 */
export const provePm2 = (app: Pm2App): Command => pm2Program('prove what PM2 runs', app, prove);

/** Prints `NAME STATUS` of the app: of its processes the one that is worst off. Reads only. */
export const tellPm2 = (app: Pm2App): Command => pm2Program('what PM2 says of the app', app, tell);

/** Starts the process again when this run has stopped it and it is not online. Part of every way out of a failed run. */
export const ensurePm2Runs = (app: Pm2App): Command => pm2Program('let PM2 run', app, ensure, {isStrict: true});

/**
 * Lets the app run again around what ends a run. The app comes first, and its fault last: nothing keeps the lock from
 * being given back.
 */
export const aroundPm2 =
	(app: Pm2App) =>
	(commands: readonly Command[]): readonly Command[] => [
		pm2Program('let PM2 run', app, ensure, {isStrict: false}),
		...commands,
		ensurePm2Runs(app),
	];

/** The command while the app is stopped: when it fails, the app is started again first. */
export const whileStopped = (app: Pm2App, command: Command): Command => ({
	...program(command.label ?? command.argv.join(' '), guard, [
		...nodeWords(aboutPm2(app, ensure, {isStrict: true})),
		...asUser(command),
	]),
	sudo: [
		...(command.as === undefined ? [] : [`${command.as}: ${command.argv.join(' ')}`]),
		...(command.sudo ?? []),
		...rights(app),
	],
});

/**
 * Keeps PM2's list for the next boot. Only once the app is healthy: it also keeps what is broken. A list that can't be
 * saved is said, and fails nothing: the app runs, and the list of before names it with the same directory.
 */
export const savePm2 = (app: Pm2App): Command => pm2Program('pm2 save', app, save);
