import {execFile} from 'node:child_process';
import {mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {askHealth, askHost, type HostReading} from '../../../src/app/status/status.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import {ledgerBook, ledgerText, opened, type Said} from '../../support/ledger.ts';
import {createFakeClock, createFakeServices, fakeEnvironment} from '../fake-services.ts';

let directory: string;
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'cockpit-status-'));
});
afterAll(() => rm(directory, {recursive: true}));

const entry = (type: string, data: object, name = 'Ravi'): Said => ({
	time: '2026-02-09T05:28:00Z',
	type,
	actor: {name, machine: 'm'},
	data,
});

/** A host that is a real shell, with a ledger. */
const hostWith = async (name: string, text: string) => {
	const home = join(directory, name);
	const release = '20260209T052800Z-7f3a9c2';
	await mkdir(join(home, '.live/releases', release), {recursive: true});
	await mkdir(join(home, 'state'));
	await symlink(join('.live/releases', release), join(home, 'live'));
	await writeFile(join(home, 'state/ledger.jsonl'), text);
	const base = fakeEnvironment('preprod', 'preprod');
	const backend = {...base.apps.backend, path: join(home, 'live')};
	const environment = {...base, stateDirectory: join(home, 'state'), apps: {backend}} as Environment;
	const fakes = createFakeServices(createFakeClock().clock, [environment]);
	const {host} = fakes;
	const services = {...fakes.services, ledgers: ledgerBook(fakes.services.sessions)};
	const answers: string[] = [];
	host('preprod').answer = async () => {
		const line = host('preprod').asked.at(-1)?.line ?? '';
		const {stdout} = await promisify(execFile)('sh', ['-c', line]);
		answers.push(stdout);
		return stdout;
	};
	const read = async (last?: HostReading): Promise<HostReading> => {
		const reading = await askHost(services, environment, {last});
		if ('code' in reading) throw new Error(reading.why);
		return reading;
	};
	return {read, answers, home, ledger: join(home, 'state/ledger.jsonl')};
};

const ask = async (name: string, text: string): Promise<HostReading> => (await hostWith(name, text)).read();

test('status: a real shell tells the live build, disk, inodes and the ledger', async () => {
	const data = {app: 'backend', release: '20260209T052800Z-7f3a9c2', build: {commit: '7f3a9c2', digest: '9c41'}};

	const reading = await ask(
		'plain',
		ledgerText([opened(), entry('deploy.started', data), entry('deploy.finished', data)]),
	);

	expect(reading.backend).toEqual({
		live: '20260209T052800Z-7f3a9c2',
		isAdopted: true,
		commit: '7f3a9c2',
		digest: '9c41',
		by: 'Ravi',
		since: '2026-02-09T05:28:00.000Z',
	});
	expect(reading.ledger.entries.map(({seq}) => seq)).toEqual([1, 2, 3]);
	expect(reading.ledger.fault).toBeUndefined();
	expect(reading.disk.used).toMatch(/^\d+%$/);
	expect(reading.disk.inodesUsed).toMatch(/^(\d+%|-)$/);
	expect(Math.abs(reading.time - Date.now())).toBeLessThan(60_000);
});

const known = {app: 'backend', release: '20260209T052800Z-7f3a9c2', build: {commit: '7f3a9c2', digest: '9c41'}};

test.each([
	{
		what: 'a link that somebody else has put there',
		change: 'mkdir .live/releases/20260101T000000Z-0000000 && ln -sfn .live/releases/20260101T000000Z-0000000 live',
		fault: 'live is 20260101T000000Z-0000000, which the ledger of preprod does not know',
	},
	{
		what: 'a link of the same name to elsewhere',
		change: 'mkdir -p other/20260209T052800Z-7f3a9c2 && ln -sfn other/20260209T052800Z-7f3a9c2 live',
		fault: 'live leads to HOME/other/20260209T052800Z-7f3a9c2, which is none of its releases',
	},
	{
		what: 'a link to nothing',
		change: 'rm -r .live/releases/*',
		fault: 'live is a link to nothing; the ledger of preprod says 20260209T052800Z-7f3a9c2',
	},
	{
		what: 'a link to nothing at all',
		change: 'rm -r .live',
		fault: 'live is a link to nothing; the ledger of preprod says 20260209T052800Z-7f3a9c2',
	},
	{
		what: 'a plain directory',
		change: 'rm live && mkdir live',
		fault: 'live is a plain directory; the ledger of preprod says 20260209T052800Z-7f3a9c2',
	},
	{what: 'an absolute link to the same release', change: 'ln -sfn "$PWD/.live/releases/"* live', fault: undefined},
	{
		what: 'another one while a run holds the app',
		change: `mkdir -p .live/releases/next state/lock state/jobs/r && ln -sfn .live/releases/next live && printf 'r 1 1\n{}\n' >state/lock/backend && echo '{"version":1,"run":"r","app":"backend"}' >state/jobs/r/run.json`,
		fault: undefined,
	},
	{
		what: 'the one before, while the run holds the app that had replaced it',
		change: `mkdir -p state/lock state/jobs/r/swap && printf 'r 1 1\n{}\n' >state/lock/backend && echo '{"version":1,"kind":"deploy","run":"r","app":"backend"}' >state/jobs/r/run.json && echo 20260209T052800Z-7f3a9c2 >state/jobs/r/previous && echo 0 >state/jobs/r/swap/exit`,
		fault: 'live is 20260209T052800Z-7f3a9c2, put live by hand, and when is not known; run r holds the lock still',
	},
])('status: $what', async ({what, change, fault}) => {
	const {read, home} = await hostWith(what, ledgerText([opened(), entry('deploy.finished', known)]));
	await promisify(execFile)('sh', ['-ec', change], {cwd: home});

	expect((await read()).backend.fault?.replace(home, 'HOME')).toBe(fault);
});

test('status: what was put live by hand says so, and nothing of the life before', async () => {
	const later = {...known, release: '20260210T060000Z-c0ffee1'};
	const {read, home, ledger} = await hostWith(
		'by-hand',
		ledgerText([opened(), entry('deploy.finished', known), entry('deploy.finished', later, 'Asha')]),
	);
	const unnoted = (await read()).backend;
	expect(unnoted).toMatchObject({by: undefined, since: undefined});
	expect(unnoted.byHand).toBeUndefined();
	await promisify(execFile)(
		'sh',
		[
			'-ec',
			'mkdir state/by-hand; echo "$1 $2 2026-02-10T06:02:00Z ubuntu" >state/by-hand/backend',
			'sh',
			known.release,
			later.release,
		],
		{cwd: home},
	);

	const {backend} = await read();
	expect(backend).toMatchObject({
		by: undefined,
		since: '2026-02-10T06:02:00.000Z',
		byHand: {from: later.release, by: 'ubuntu'},
	});
	expect(backend.fault).toMatch(/^live is \S+; the ledger of preprod says \S+; put live by hand at .* by ubuntu$/);

	// A run that has made it live since is what counts.
	const again: Said = {...entry('rollback.finished', known, 'Mei'), time: '2026-02-10T06:05:00Z'};
	await writeFile(
		ledger,
		ledgerText([opened(), entry('deploy.finished', known), entry('deploy.finished', later), again]),
	);
	expect((await read()).backend).toMatchObject({by: 'Mei', since: '2026-02-10T06:05:00.000Z'});
	expect((await read()).backend.byHand).toBeUndefined();
});

test('status: names on a ledger lose what would move a cursor', async () => {
	const reading = await ask(
		'odd',
		ledgerText([opened(), entry('deploy.finished', {app: 7, build: 'none'}, 'Ravi\u001B[2J\u0007')]),
	);

	expect(reading.ledger.fault).toBeUndefined();
	expect(reading.ledger.entries.at(-1)?.actor).toEqual({name: 'Ravi', machine: 'm'});
});

test.each([
	['null', 'is not an entry'],
	['torn {"seq":', 'is not readable'],
	['{"seq":"2","time":"x","type":"deploy.finished"}', 'has number "2" where 2 belongs'],
])('status: a ledger with the line %s names it', async (line, why) => {
	const reading = await ask(`bad ${line.length}`, `${ledgerText([opened()])}${line}\n`);

	expect(reading.ledger.fault).toBe(`is broken: line 2 ${why}`);
});

test('status: the end of a certificate comes with the health answer', async () => {
	const environment = fakeEnvironment('preprod', 'preprod');
	const {services, web} = createFakeServices(createFakeClock().clock, [environment]);
	web.answer = () => ({durationMs: 83.6, outcome: {status: 502}, body: '', certificateUntil: 17});

	expect(await askHealth(services, environment)).toEqual({
		url: environment.apps.backend?.health.url,
		answer: '502',
		durationMs: 84,
		isGood: false,
		certificateUntil: 17,
	});
});

test('status: a ledger that has not grown is not sent again, one that has is', async () => {
	const {read, answers, ledger} = await hostWith(
		'growing',
		ledgerText([opened(), entry('deploy.started', {app: 'backend'})]),
	);
	const first = await read();

	const second = await read(first);
	const both = [opened(), entry('deploy.started', {app: 'backend'}), entry('deploy.failed', {app: 'backend'})];
	await writeFile(ledger, ledgerText(both));
	const third = await read(second);

	expect(second.ledger.entries).toBe(first.ledger.entries);
	expect(answers.filter(answer => answer.includes('\nledger\n'))).toHaveLength(2);
	expect(answers.at(-1)).not.toContain('ledger.opened');
	expect(third.ledger.entries.map(({seq}) => seq)).toEqual([1, 2, 3]);
});
