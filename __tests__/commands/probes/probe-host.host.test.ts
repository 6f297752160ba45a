import {mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {parseProbedHost, probeHost} from '../../../src/commands/probes/probe-host.ts';
import {renderCommand} from '../../../src/commands/shell.ts';
import type {ProbedHost} from '../../../src/domain/probes/probed-host.ts';
import {fakeEnvironment} from '../../app/fake-services.ts';
import {runProgram} from '../../support/run-program.ts';

const sudo = 'while :; do case $1 in -n | -H | --) shift ;; -u) shift 2 ;; *) break ;; esac; done\nexec "$@"';

/** A host that is a real shell, with these programs before its own. */
const hostWith = (programs: Readonly<Record<string, string>>) => {
	const home = mkdtempSync(join(tmpdir(), 'cockpit-probe-host-'));
	onTestFinished(() => rmSync(home, {recursive: true}));
	const release = '20260209T052800Z-7f3a9c2';
	mkdirSync(join(home, 'bin'));
	mkdirSync(join(home, '.live/releases', release), {recursive: true});
	symlinkSync(join('.live/releases', release), join(home, 'live'));
	for (const [name, text] of Object.entries({sudo, ...programs}))
		writeFileSync(join(home, 'bin', name), `#!/bin/sh\n${text}\n`, {mode: 0o755});
	const {backend} = fakeEnvironment('preprod', 'preprod').apps;
	if (!backend) throw new Error('no backend');
	const environment = {stateDirectory: join(home, 'state'), apps: {backend: {...backend, path: join(home, 'live')}}};
	const ask = async (
		options: Partial<Parameters<typeof probeHost>[0]> = {},
	): Promise<Omit<ProbedHost, 'host'> & {readonly end: number}> => {
		const command = probeHost({environment, units: ['nginx'], questions: ['migrations'], seconds: 1, ...options});
		const {stdout} = await runProgram([
			'env',
			`PATH=${join(home, 'bin')}:${process.env['PATH']}`,
			'sh',
			'-c',
			renderCommand(command),
		]);
		return parseProbedHost('web-1', stdout);
	};
	return {home, ask, release};
};

const show = 'echo Id=nginx.service; echo LoadState=loaded; echo ActiveState=active; echo MainPID=7';

test('tools that hang are ended and told, each by itself, and all others answer', async () => {
	const {ask, release} = hostWith({php: 'exec sleep 4711', systemctl: show});

	const said = await ask();

	expect(said.migrations).toEqual({why: 'artisan migrate:status did not answer in time'});
	expect(said.units).toEqual([{unit: 'nginx', state: 'active', sub: '', result: '', pid: 7}]);
	expect(said.apps.backend?.live).toEqual({release});
	expect(said.disks).toHaveLength(1);
	expect(said.memory?.totalBytes).toBeGreaterThan(0);
	expect((await runProgram(['pgrep', '-f', 'sleep 4711'])).stdout).toBe('');
	expect((await hostWith({php: 'echo ok', systemctl: 'exec sleep 4711'}).ask()).units).toEqual({
		why: 'systemctl did not answer in time',
	});
});

test('a tool that fails is told in its own words, without what stands in .env', async () => {
	const {ask} = hostWith({
		php: "echo 'Failed to parse dotenv file. Encountered unexpected whitespace at [DB_PASSWORD=geheim x].' >&2; exit 1",
		systemctl: 'echo no bus >&2; exit 1',
	});

	const said = await ask();

	expect(said.units).toEqual({why: 'systemctl failed: no bus'});
	expect(said.migrations).toEqual({
		why: 'artisan migrate:status failed: Failed to parse dotenv file. Encountered unexpected whitespace at [...]',
	});
});

test('only what is due is asked of artisan', async () => {
	const {ask} = hostWith({php: 'echo asked', systemctl: show});

	expect(await ask({questions: []})).not.toHaveProperty('migrations');
	expect(await ask({questions: ['waiting']})).toMatchObject({waiting: {lines: ['asked']}});
});

test('of logs of the scheduler the newest counts; none is told as none', async () => {
	const {ask, home} = hostWith({php: 'echo ok', systemctl: show});
	const log = (name: string, minutesOld: number): void => {
		const time = Date.now() / 1000 - minutesOld * 60;
		writeFileSync(join(home, name), '');
		utimesSync(join(home, name), time, time);
	};
	log('schedule-1.log', 90);
	log("schedule-2 '$(x).log", 5);
	log('other.log', 0);

	const ageMs = (await ask({scheduler: join(home, 'schedule-*.log')})).scheduler?.ageMs ?? 0;

	expect(Math.round(ageMs / 60_000)).toBe(5);
	expect((await ask({scheduler: join(home, 'missing.log')})).scheduler).toEqual({ageMs: undefined});
});

test('an answer that was cut is none', () => {
	expect(() => parseProbedHost('web-1', 'time\t1770702600\ncores\t2\n')).toThrow('is cut, or is no answer');
});
