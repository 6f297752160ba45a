import {
	appendFileSync,
	mkdirSync,
	readFileSync,
	renameSync,
	truncateSync,
	unlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import {once} from 'node:events';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {expect, test} from 'vitest';
import {
	noteLogs,
	parseLogsRead,
	readLogs,
	readUpTo,
	type FileRead,
	type LogRead,
	type LogRequest,
} from '../../../src/commands/logs/read-logs.ts';
import {createHostDirectory, type HostDirectory} from '../host-directory.ts';

const textOf = ({chunks}: LogRead): string =>
	chunks.flatMap(({bytes}) => (bytes.length > 0 ? Buffer.from(bytes).toString() : [])).join('|');

const usual = {take: 'next', maxBytes: 1000, known: 'new'} as const;

const read = async (host: HostDirectory, request: Partial<LogRequest> & {readonly path: string}): Promise<LogRead> => {
	const {logs} = parseLogsRead(await host.ok(readLogs([{...usual, ...request}])), 1);
	const [log] = logs;
	if (!log) throw new Error('no answer');
	return log;
};

/** Reads on and on, as one who follows does. */
const reader = (host: HostDirectory, path: string, maxBytes = 1000) => {
	let known: readonly FileRead[] | 'new' = 'new';
	return async (): Promise<string> => {
		const log = await read(host, {path, maxBytes, known});
		known = readUpTo(known === 'new' ? [] : known, log);
		return textOf(log);
	};
};

test('logs: the first look brings the end of the newest file, each later one what was added, byte for byte', async () => {
	await using host = createHostDirectory();
	const path = join(host.root, 'a b.log');
	writeFileSync(path, `${'x'.repeat(2000)}\nend\n`);
	const more = reader(host, path, 10);

	expect(await more()).toBe('xxxxx\nend\n');
	expect(await more()).toBe('');
	appendFileSync(path, Buffer.from('a\0\u00e9\n'));
	expect(await more()).toBe('a\0\u00e9\n');
	appendFileSync(path, '0123456789abc');
	expect([await more(), await more(), await more()]).toEqual(['0123456789', 'abc', '']);
});

test('logs: what was written before a rotation is read from the renamed file, then the new one from its beginning', async () => {
	await using host = createHostDirectory();
	const path = join(host.root, 'x.log');
	writeFileSync(path, 'one\n');
	const more = reader(host, path);
	await more();

	appendFileSync(path, 'two\n');
	utimesSync(path, 1000, 1000);
	renameSync(path, `${path}.1`);
	writeFileSync(path, 'three\n');

	expect(await more()).toBe('two\n|three\n');
	expect(await more()).toBe('');
	// Who had it open writes into the old file a little longer.
	appendFileSync(`${path}.1`, 'late\n');
	expect(await more()).toBe('late\n');
});

test('logs: a file that was emptied is read from its beginning', async () => {
	await using host = createHostDirectory();
	const path = join(host.root, 'x.log');
	writeFileSync(path, 'a long line\n');
	const more = reader(host, path);
	await more();
	truncateSync(path);
	appendFileSync(path, 'new\n');

	expect(await more()).toBe('new\n');
});

test('logs: a pattern takes the newest file, goes on with the next day, and reads no file twice when two are written in turn', async () => {
	await using host = createHostDirectory();
	const at = (day: number): string => join(host.root, `laravel-2026-02-${day}.log`);
	writeFileSync(at(10), 'old\n');
	utimesSync(at(10), 1000, 1000);
	writeFileSync(at(11), 'yesterday\n');
	utimesSync(at(11), 2000, 2000);
	const more = reader(host, join(host.root, 'laravel*.log'));
	expect(await more()).toBe('yesterday\n');

	writeFileSync(at(12), 'today\n');
	utimesSync(at(12), 3000, 3000);
	expect(await more()).toBe('today\n');
	appendFileSync(at(10), 'a worker\n');
	utimesSync(at(10), 4000, 4000);
	expect(await more()).toBe('a worker\n');
	appendFileSync(at(12), 'more\n');
	expect(await more()).toBe('more\n');
});

test('logs: a log that is missing or may not be read says so, and the others are read', async () => {
	await using host = createHostDirectory();
	writeFileSync(join(host.root, 'x.log'), 'x\n');
	const answer = await host.ok(
		readLogs([
			{...usual, path: join(host.root, 'none.log')},
			{...usual, path: join(host.root, 'x.log')},
			{...usual, path: join(host.root, 'nowhere/x.log')},
		]),
	);

	const {logs, time, zoneMinutes} = parseLogsRead(answer, 3);
	expect(logs.map(({fault}) => fault)).toEqual(['not there', undefined, 'may not be read by this login']);
	expect(logs[1] && textOf(logs[1])).toBe('x\n');
	expect(Math.abs(time - Date.now())).toBeLessThan(60_000);
	expect(zoneMinutes + new Date().getTimezoneOffset()).toBe(0);
	expect(() => parseLogsRead(answer.slice(0, -10), 3)).toThrow('cut');
});

test('logs: what the login may not read is read as its owner, through one shell', async () => {
	// For root every directory is open: here it comes to its place only for the owner.
	await using host = createHostDirectory({
		sudo: '#!/bin/sh\n[ "$1 $2 $3 $4 $5" = "-n -u keeper -- sh" ] || exit 1\nshift 4\nmv away closed\nexec "$@"\n',
	});
	mkdirSync(join(host.root, 'away'));
	writeFileSync(join(host.root, 'away/x.log'), 'mine\n');

	expect(textOf(await read(host, {path: join(host.root, 'closed/x.log'), owner: 'keeper'}))).toBe('mine\n');
});

test('logs: what was noted is where a reader begins, and a file made since is all new', async () => {
	// The clock of the host is another one than that of its files.
	await using host = createHostDirectory({date: '#!/bin/sh\necho "${1#+}" | sed s/%s/1770702600/\n'});
	const path = join(host.root, 'laravel*.log');
	writeFileSync(join(host.root, 'laravel.log'), 'before\n');
	await host.ok(noteLogs('logs-at-swap', [path, join(host.root, 'none.log')]));
	const known = {notedIn: 'logs-at-swap'};
	expect(textOf(await read(host, {path, known}))).toBe('');

	appendFileSync(join(host.root, 'laravel.log'), 'since\n');
	expect(await read(host, {path, known, take: 'last', maxBytes: 3})).toMatchObject({
		isUnnoted: false,
		notedAt: 1_770_702_600_000,
		chunks: [{from: 10, skipped: 3, sizeBytes: 13}],
	});
	unlinkSync(join(host.root, 'laravel.log'));
	writeFileSync(join(host.root, 'laravel-2.log'), 'a\n');
	expect(textOf(await read(host, {path, known}))).toBe('a\n');
	expect(await read(host, {path, known: {notedIn: 'no-such-run'}})).toMatchObject({isUnnoted: true});
});

test('logs: noting where logs end fails nothing', async () => {
	await using host = createHostDirectory();
	expect(await host.ok(noteLogs('no/such/directory', ['/x']))).toContain('not written down');
});

test('logs: a reader that waits is answered when something is written', async () => {
	await using host = createHostDirectory();
	const path = join(host.root, 'x.log');
	writeFileSync(path, 'old\n');
	const {chunks} = await read(host, {path});
	const known = chunks.map(({inode, sizeBytes}) => ({inode, offset: sizeBytes}));

	const waiting = host.start(readLogs([{...usual, path, known}], 600));
	const answer = text(waiting.stdout);
	// It looks at sizes before it reads, so what comes at any moment from now on ends the wait.
	appendFileSync(path, 'new\n');

	const [log] = parseLogsRead(await answer, 1).logs;
	expect(log && textOf(log)).toBe('new\n');
	waiting.stdin.end();
});

test('logs: a reader that waits ends when whoever asked has gone', async () => {
	await using host = createHostDirectory();
	const path = join(host.root, 'x.log');
	writeFileSync(path, 'old\n');
	const {chunks} = await read(host, {path});
	const known = chunks.map(({inode, sizeBytes}) => ({inode, offset: sizeBytes}));

	const waiting = host.start(readLogs([{...usual, path, known}], 600));
	const ended = once(waiting, 'close');
	waiting.stdin.end();

	expect(await ended).toEqual([143, null]);
});

test('logs: more files than are kept of renamed ones are each read once', async () => {
	await using host = createHostDirectory();
	const at = (day: number): string => join(host.root, `laravel-2026-02-${String(day).padStart(2, '0')}.log`);
	for (let day = 1; day <= 28; day += 1) {
		writeFileSync(at(day), `day ${day}\n`);
		utimesSync(at(day), day * 1000, day * 1000);
	}
	const more = reader(host, join(host.root, 'laravel*.log'));

	expect(await more()).toBe('day 28\n');
	expect(await more()).toBe('');
	appendFileSync(at(28), 'more\n');
	expect(await more()).toBe('more\n');
});

test('logs: a wait costs two processes a second, however many logs there are', async () => {
	const count = (name: string): string => `#!/bin/sh\necho ${name} >>"$HOME/calls"\n`;
	await using host = createHostDirectory({
		stat: `${count('stat')}PATH=\${PATH#*:} exec stat "$@"\n`,
		sleep: count('sleep'),
	});
	const requests = Array.from({length: 8}, (_, index): LogRequest => {
		const path = join(host.root, `${index}.log`);
		writeFileSync(path, 'old\n');
		return {...usual, path};
	});
	const {logs} = parseLogsRead(await host.ok(readLogs(requests)), requests.length);
	const read = requests.map((request, index) => ({...request, known: readUpTo([], logs[index] as LogRead)}));
	const callsIn = async (seconds: number): Promise<Record<string, number>> => {
		writeFileSync(join(host.root, 'calls'), '');
		const waiting = host.start(readLogs(read, seconds));
		await text(waiting.stdout);
		waiting.stdin.end();
		const calls = readFileSync(join(host.root, 'calls'), 'utf8').trim().split('\n');
		return Object.fromEntries(['stat', 'sleep'].map(name => [name, calls.filter(call => call === name).length]));
	};
	const short = await callsIn(5);
	const long = await callsIn(25);

	expect([short, long].map(({sleep}) => sleep)).toEqual([5, 25]);
	expect(Number(long['stat']) - Number(short['stat'])).toBe(20);
});

test('logs: a renamed file is told before what took its place, whatever their times say', async () => {
	await using host = createHostDirectory();
	const path = join(host.root, 'x.log');
	writeFileSync(path, 'one\n');
	const more = reader(host, path);
	await more();
	appendFileSync(path, 'two\n');
	renameSync(path, `${path}.1`);
	writeFileSync(path, 'three\n');
	utimesSync(path, 1000, 1000);
	utimesSync(`${path}.1`, 2000, 2000);

	expect(await more()).toBe('two\n|three\n');
});
