// Runs a command where only loopback exists: a network namespace of its own where this user may make one.
// Elsewhere it says so, and the guard in __tests__/support/loopback-only.ts still refuses other addresses.
import {spawn, spawnSync} from 'node:child_process';

const command = process.argv.slice(2);
const isolated = [
	'unshare',
	'--net',
	'--',
	'sh',
	'-c',
	'ip link set lo up 2>/dev/null || ifconfig lo up && exec "$@"',
	'sh',
];
const canIsolate = spawnSync(isolated[0], [...isolated.slice(1), 'true']).status === 0;
if (!canIsolate) console.error('no network namespace for this user: tests run behind the in-process guard only');

const [file, ...args] = canIsolate ? [...isolated, ...command] : command;
const child = spawn(file, args, {stdio: 'inherit'});
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
