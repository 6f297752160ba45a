import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {AppServices} from '../../../src/app/app-services.ts';
import {hold} from '../../../src/app/ledger/hold.ts';
import {createLedgerBook} from '../../../src/app/ledger/ledger-book.ts';
import {gatherPage} from '../../../src/cli/page/gather-page.ts';
import {renderStatusPage} from '../../../src/cli/page/render-page.ts';
import {replaceFile} from '../../../src/cli/page/replace-file.ts';
import {loadChecklists} from '../../../src/config/checklists/load-checklists.ts';
import {loadEnvironments} from '../../../src/config/environments/load-environments.ts';
import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.ts';
import {createGitSource} from '../../../src/services/local/source/git-source.ts';
import {httpProbe} from '../../../src/services/probes/http-probe.ts';
import {createSessionManager} from '../../../src/services/ssh/session-manager.ts';
import {createLedgerCache} from '../../../src/services/state/ledger-cache.ts';
import {systemClock} from '../../../src/services/system-clock.ts';
import {fakeServices} from '../../control/fake-services.ts';

let directory: string;
let sandbox: Sandbox;

beforeAll(async () => {
	directory = mkdtempSync(join(tmpdir(), 'cockpit-page-'));
	sandbox = await startSandbox({directory: join(directory, 'box')});
});

afterAll(async () => {
	await sandbox.close();
	rmSync(directory, {recursive: true, force: true});
});

const gather = async () => {
	const sessions = createSessionManager({environment: process.env});
	const {environments} = await loadEnvironments(sandbox.config, {home: directory});
	const services: AppServices = {
		...fakeServices({}).services,
		sessions,
		ledgers: createLedgerBook(sessions, createLedgerCache(join(directory, 'state'))),
		source: createGitSource(),
		probe: httpProbe,
		clock: systemClock,
	};
	const [, preprod] = environments;
	if (!preprod) throw new Error('the sandbox has three environments');
	await hold(services, {environment: preprod, apps: ['backend'], reason: 'load test', minutes: 60});
	const {time} = await services.ledgers.read(preprod);
	const at = time - 60_000;
	const reading = {probe: 'backend.health', title: 'API health', kind: 'http', at, state: 'pass', value: 84} as const;
	services.samples.add({project: 'qsights', environment: preprod.name}, [
		{...reading, text: '200 in 84 ms'},
		{...reading, at: at - 2 * 3_600_000, text: 'two hours ago'},
	]);
	const checklists = await loadChecklists(resolve('.'));
	try {
		return await gatherPage({services, environments, checklists}, {everyMs: 300_000, version: '0'});
	} finally {
		await sessions.close();
	}
};

test('page: holds what the hosts say, by their clocks, with the answers of the last hour', async () => {
	const {environments, boards, clock, madeAt, activity} = await gather();
	const [local, preprod, production] = environments;

	expect(local).toMatchObject({
		title: 'Local',
		sources: [
			{app: 'backend', tree: {value: {branch: 'main', uncommitted: 0}}},
			{app: 'frontend', tree: {value: {branch: 'main', uncommitted: 0}}},
		],
	});
	expect(preprod).toMatchObject({
		host: 'preprod-1',
		apps: [
			{app: 'backend', health: {isGood: true}, past: [{isGood: true, durationMs: 84}]},
			{app: 'frontend', health: {isGood: true}, past: []},
		],
	});
	expect(production).toMatchObject({host: 'production-1'});
	expect(production).not.toHaveProperty('problem');
	expect(clock).toBe('production-1');
	expect(madeAt).toBe(production && 'now' in production ? production.now : undefined);
	expect(boards.map(({app, to}) => `${app} to ${to.name}`)).toEqual([
		'backend to production',
		'frontend to production',
	]);
	expect(boards.map(({report}) => 'value' in report && report.value.gates.length > 6)).toEqual([true, true]);
	expect(activity[0]).toMatchObject({outcome: 'held', who: 'Ravi', title: preprod?.title});
});

test('page: a file that is replaced is readable by all, and leaves nothing beside it', async () => {
	const place = join(directory, 'public');
	mkdirSync(place);
	const file = join(place, 'status.html');
	writeFileSync(file, 'the one before', {mode: 0o600});
	const page = renderStatusPage(await gather());

	expect(await replaceFile(file, page)).toBe(file);
	expect(readFileSync(file, 'utf8')).toBe(page);
	expect(statSync(file).mode & 0o777).toBe(0o644);
	expect(readdirSync(place)).toEqual(['status.html']);
});

test('page: where it can not be written, the one before is as it was', async () => {
	const place = join(directory, 'taken');
	mkdirSync(join(place, 'status.html'), {recursive: true});

	await expect(replaceFile(join(place, 'status.html'), 'new')).rejects.toMatchObject({code: 'usage', why: 'EISDIR'});
	expect(readdirSync(place)).toEqual(['status.html']);
	await expect(replaceFile(join(place, 'nowhere', 'status.html'), 'new')).rejects.toMatchObject({why: 'ENOENT'});
});
