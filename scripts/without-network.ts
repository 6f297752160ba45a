// Runs a command where only loopback exists: a network namespace of its own where this user may make one.
// Elsewhere it says so, and the guard in __tests__/support/setup/loopback-only.ts still refuses other addresses.
// A directory may be kept in memory there: thousands of small files that nothing reads again need no disk.
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';

const enter = `
inMemory=$1
shift
ip link set lo up 2>/dev/null || ifconfig lo up || exit
[ -z "$inMemory" ] || mount -t tmpfs tmpfs "$inMemory" || echo "$inMemory is kept on disk" >&2
exec "$@"
`;

const isolated = (inMemory: string) =>
	['unshare', '--net', '--mount', '--', 'sh', '-c', enter, 'sh', inMemory] as const;

const canIsolate = (): boolean => {
	const [program, ...args] = [...isolated(''), 'true'];
	return spawnSync(program, args).status === 0;
};

/**
 * The exit code of `command`, run without a network; 1 when a signal ended it. Its output goes where ours goes.
 * `inMemory`: a directory whose files need no disk where that can be, and are gone when the last process of the command is.
 */
export const runWithoutNetwork = async (
	command: readonly [string, ...string[]],
	env: NodeJS.ProcessEnv = process.env,
	inMemory = '',
): Promise<number> => {
	const isAlone = canIsolate();
	if (!isAlone) console.error('no network namespace for this user: tests run behind the in-process guard only');
	const [program, ...args] = isAlone ? [...isolated(inMemory), ...command] : command;
	const [code] = (await once(spawn(program, args, {stdio: 'inherit', env}), 'exit')) as [number | null];
	return code ?? 1;
};
