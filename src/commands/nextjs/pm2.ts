import type {Command} from '../../domain/command.ts';
import type {NextTarget} from '../../domain/environments/environment.ts';
import type {HostState} from '../host-state.ts';
import {nodeProgram} from '../node-program.ts';
import {pm2Text} from './pm2-text.ts';
import {program} from '../shell.ts';

/** The app as PM2 of a host runs it. */
export type Pm2App = {
	readonly state: HostState;
	/** Live path; PM2 starts the app in it, so that it follows the link. */
	readonly live: string;
	readonly target: Pick<NextTarget, 'pm2' | 'pm2User' | 'pm2Names' | 'node' | 'port'>;
};

const parametersOf = ({state, live, target}: Pm2App): Readonly<Record<string, unknown>> => ({
	pm2: target.pm2,
	pm2User: target.pm2User ?? '',
	names: target.pm2Names,
	port: target.port,
	live,
	memory: `${state.directory}/jobs/${state.run}/pm2`,
	proof: `${state.directory}/jobs/${state.run}/pm2-proof`,
});

/** Rights that asking about processes may need: only where another user's are in the way. */
const rights = ({target}: Pm2App): readonly string[] => [
	'root: find',
	'root: readlink',
	...(target.pm2User === undefined ? [] : ['root: cat', `${target.pm2User}: env`]),
];

const pm2Program = (
	label: string,
	app: Pm2App,
	text: string,
	more: Readonly<Record<string, unknown>> = {},
): Command => ({
	...nodeProgram(label, {node: app.target.node, text: `${pm2Text}${text}`, about: {...parametersOf(app), ...more}}),
	sudo: rights(app),
});

const stop = String.raw`
const app = choose();
const goesOn = app.mode === 'cluster' && app.isOnline;
fs.writeFileSync(memory, app.name + (goesOn ? ' reload' : ' start') + '\n', {mode: 0o600});
if (goesOn) {
	say(app.name + ' is in cluster mode: it goes on, and is reloaded behind the swap');
	process.exit(0);
}
const tree = new Map();
for (const pid of allPids()) if (app.items.some(item => item.pid > 0 && isBelow(pid, item.pid))) tree.set(pid, (statOf(pid) || {}).start);
const isThere = pid => (statOf(pid) || {}).start === tree.get(pid);
if (app.items.some(item => item.status !== 'stopped')) {
	const answer = call('stop', app.name);
	if (answer.status !== 0) {
		startAgain();
		fail('pm2 stop ' + app.name + ' exited with ' + answer.status + ': ' + wordsOf(answer));
	}
} else say(app.name + ' was stopped already');
const left = () => Array.from(new Set(Array.from(tree.keys()).filter(pid => tree.get(pid) !== undefined && isThere(pid)).concat(listenersOf(port))));
if (!until(patienceMs, () => left().length === 0)) {
	const pids = left();
	const text = listenersOf(port).length > 0 ? heldBy(listenersOf(port), patienceMs / 1000 + ' s after the stop') : pids.map(inWords).join(', ') + ' did not end within ' + patienceMs / 1000 + ' s';
	startAgain();
	fail(text);
}
say(app.name + ' stopped, port ' + port + ' is free');
`;

/**
 * Stops the app's process, whichever of its names is in use, and waits until its whole tree is gone and the port is
 * free. In cluster mode nothing is stopped. When that does not work the process is started again before it fails, with
 * the process that holds the port named. Nobody else's process is ended.
 */
export const stopPm2 = (app: Pm2App, patienceMs = 15_000): Command => pm2Program('stop PM2', app, stop, {patienceMs});

const start = String.raw`
const since = (statOf(process.pid) || {}).start;
// Every answer of PM2 takes a good part of a second, in which nobody is served.
const [name, verb] = read(memory).trim().split(' ');
if (!verb) fail('this run has not stopped the app');
// PM2 ends an old process 3 s after it started the new one, whether that listens by then or not, unless told to wait.
const answer = verb === 'reload' ? call('reload', name, '--force', '--listen-timeout', String(withinMs)) : call('start', name);
if (answer.status !== 0) {
	startAgain();
	fail('pm2 ' + verb + ' ' + name + ' exited with ' + answer.status + ': ' + wordsOf(answer));
}
let app;
let fault;
let askedAt = 0;
const isSettled = () => {
	if (!app || clock() - askedAt > 1000 || app.items.some(item => !statOf(item.pid))) {
		app = choose();
		askedAt = clock();
	}
	fault = faultOf(app, since);
	return !fault || fault.isFinal;
};
until(withinMs, isSettled);
say('PM2: ' + stateOf(app));
if (fault) fail(fault.text);
fs.writeFileSync(proof, JSON.stringify({since, pids: app.items.map(item => item.pid), restarts: app.items.map(item => item.restarts)}), {mode: 0o600});
say('port ' + port + ': ' + holders());
`;

/**
 * Starts the stopped process by its name, with the environment it had, or reloads a cluster, and waits until all of it
 * runs in the release that is live and owns the port. A process that was begun before and still answers is named.
 */
export const startPm2 = (app: Pm2App, withinMs: number): Command => pm2Program('start PM2', app, start, {withinMs});

const prove = String.raw`
const app = choose();
const known = read(proof) === '' ? {since: 0, pids: [], restarts: []} : JSON.parse(read(proof));
const fault = faultOf(app, known.since);
if (fault) fail(fault.text);
say('status ' + stateOf(app));
const restarts = app.items.map(item => item.restarts);
if (known.pids.length > 0 && (String(restarts) !== String(known.restarts) || String(app.items.map(item => item.pid)) !== String(known.pids)))
	fail(app.name + ' was restarted since it was started: restarts ' + known.restarts + ' before, ' + restarts + ' now\nSee why on the host with: pm2 logs ' + app.name + ' --nostream');
say('restarts ' + restarts + (known.pids.length > 0 ? ', none since the start' : ''));
say('pm_cwd ' + live + ' -> ' + resolved());
say('port ' + port + ': ' + holders());
`;

/**
 * Proves, a while after the start, that it is still that process: online, not restarted since, `pm_cwd` the live path,
 * its real directory the live release, and the port its own. One fact a line. Reads only.
 */
export const provePm2 = (app: Pm2App): Command => pm2Program('prove what PM2 runs', app, prove);

const ensure = String.raw`
if (read(memory) === '') process.exit(0);
if (startAgain() === false && isStrict) process.exit(1);
`;

/** Starts the process again when this run has stopped it and it is not online. Part of every way out of a failed run. */
export const ensurePm2Runs = (app: Pm2App): Command => pm2Program('let PM2 run', app, ensure, {isStrict: true});

/** As `ensurePm2Runs`, where what comes behind it must be done in any case. */
export const tryToLetPm2Run = (app: Pm2App): Command => pm2Program('let PM2 run', app, ensure, {isStrict: false});

const guard = `
node=$1 again=$2 about=$3
shift 3
"$@" && exit 0
code=$?
echo "exited with $code: starts PM2 again" >&2
"$node" -e "$again" -- "$about" >&2 || true
exit "$code"
`;

/** The command while the app is stopped: when it fails, the app is started again first. */
export const whileStopped = (app: Pm2App, command: Command): Command => {
	const {argv} = ensurePm2Runs(app);
	const [node, , text = '', , about = ''] = argv;
	const sudo = command.as === undefined ? [] : ['sudo', '-n', '-u', command.as, '--'];
	const label = command.label ?? command.argv.join(' ');
	return {
		...program(label, guard, [node, text, about, ...sudo, ...command.argv]),
		label,
		sudo: [
			...(command.as === undefined ? [] : [`${command.as}: ${command.argv.join(' ')}`]),
			...(command.sudo ?? []),
			...rights(app),
		],
	};
};

const save = String.raw`
const answer = call('save');
say(answer.status === 0 ? 'PM2 list saved: a restart of the host brings it back' : 'noted: pm2 save exited with ' + answer.status + ': ' + wordsOf(answer));
`;

/**
 * Keeps PM2's list for the next boot. Only once the app is healthy: it also keeps what is broken. A list that can't be
 * saved is said, and fails nothing: the app runs, and the list of before names it with the same directory.
 */
export const savePm2 = (app: Pm2App): Command => pm2Program('pm2 save', app, save);
