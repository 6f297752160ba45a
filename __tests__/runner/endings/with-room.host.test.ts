import {expect, test} from 'vitest';
import {askRoom, parseRoom} from '../../../src/commands/host/room.ts';
import {renderCommand} from '../../../src/commands/shell.ts';
import {DeployError, stepFailed} from '../../../src/domain/errors.ts';
import type {RunContext} from '../../../src/runner/run-context.ts';
import {withRoom} from '../../../src/runner/endings/with-room.ts';
import {createHostDirectory, type HostDirectory} from '../../commands/host-directory.ts';

const failedWith = (why: string): DeployError => stepFailed({what: 'Upload failed', why, now: '', next: 'Free space.'});

/** What a run knows of its host; its lines run in a directory, with the `df` that is put there. */
const contextOn = (host: HostDirectory): RunContext => {
	const pipeline = {
		app: 'backend',
		host: {name: 'web-1'},
		environment: {
			apps: {backend: {path: '/var/www/backend'}},
			backups: {directory: '/home/ubuntu/backups'},
			stateDirectory: '.cockpit',
		},
	};
	const exec = async (line: string) => ({stdout: await host.ok({argv: ['sh', '-c', line]})});
	return {pipeline, session: {exec}, signal: new AbortController().signal} as unknown as RunContext;
};

/** Says that `/tmp` has no byte left, the state directory no inode, and everything else plenty. */
const df = `#!/bin/sh
what=$1
while [ "$1" != -- ]; do shift; done
at=$2
case "$what $at" in
	'--output=avail /tmp') echo Avail; echo 0 ;;
	'--output=iavail .') echo IFree; echo 3 ;;
	'--output=iavail '*) echo IFree; echo 500000 ;;
	'--output=avail '*) echo Avail; echo 5000000 ;;
	'--output=target /tmp') echo Mounted; echo /tmp ;;
	'--output=target .') echo Mounted; echo /home ;;
	*) echo Mounted; echo / ;;
esac
`;

test.concurrent('a full disk is told by its paths and what is free there, and only where one is full', async () => {
	await using host = createHostDirectory({df});
	const error = await withRoom(contextOn(host), failedWith('tar: /tmp/x.tar: Cannot write: No space left on device'));

	expect(error).toMatchObject({
		why: [
			'tar: /tmp/x.tar: Cannot write: No space left on device',
			'/tmp/x.tar has 0 B free, 500000 inodes, on /tmp',
			'.cockpit has 5.1 GB free, 3 inodes, on /home',
		].join('\n'),
		next: 'Free space on web-1 at /tmp/x.tar, .cockpit, then start again.',
	});
	const other = failedWith('composer exited with 2');
	expect(await withRoom(contextOn(host), other)).toBe(other);
	const fault = new TypeError('No space left on device');
	expect(await withRoom(contextOn(host), fault)).toBe(fault);
});

test.concurrent('room: the df of this machine answers, for paths that are not there too, whatever their names', async () => {
	await using host = createHostDirectory();
	const odd = '/nowhere/$(touch pwned)/-rf';
	const rooms = parseRoom(await host.ok(askRoom(['/tmp', odd])));

	expect(rooms.map(({path}) => path)).toEqual(['/tmp', odd]);
	for (const {freeKib, mount} of rooms) {
		expect(freeKib).toBeGreaterThanOrEqual(0);
		expect(mount).toMatch(/^\//);
	}
	expect(renderCommand(askRoom([odd]))).toContain(`'${odd}'`);
});

test.concurrent('a host that does not answer leaves the error as it is', async () => {
	await using host = createHostDirectory({df: '#!/bin/sh\nexit 1\n'});
	const context = {...contextOn(host), session: {exec: async () => Promise.reject(new Error('gone'))}};
	const full = failedWith('No space left on device');

	expect(await withRoom(context as unknown as RunContext, full)).toBe(full);
});
