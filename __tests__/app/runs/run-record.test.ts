import {expect, test} from 'vitest';
import {newRecord, type NamingServices} from '../../../src/app/runs/run-record.ts';
import {planDeployTo} from '../../../src/recipes/deploy/plan.ts';
import {DeployError} from '../../../src/domain/errors.ts';
import type {ExecResult, SessionStatus} from '../../../src/domain/ports.ts';
import {preprod} from '../../recipes/pipelines.ts';

const day = 24 * 3_600_000;
const onHost = Date.parse('2026-02-10T05:53:41Z');

const answer = (stdout: string, code = 0): ExecResult => ({code, stdout, stderr: '', durationMs: 1});
const saying = (...names: readonly string[]) => answer([`time ${onHost / 1000}`, ...names, ''].join('\0'));

/** This machine with a clock of its own, and a host that answers once it is asked. */
const services = ({
	here,
	state = 'ready',
	says = () => saying(),
	carried,
}: {
	readonly here: number | (() => number);
	readonly state?: SessionStatus['state'];
	readonly says?: () => ExecResult;
	/** What this machine has read of the clock of the host before. */
	readonly carried?: {readonly time: number; readonly readAt: number};
}) => {
	let asked = 0;
	const session = {
		status: {state, since: 0},
		exec: () => {
			asked++;
			return Promise.resolve().then(says);
		},
	};
	const now = typeof here === 'number' ? () => here : here;
	return {
		asked: () => asked,
		services: {
			clock: {now, wait: () => Promise.resolve()},
			nonce: () => '9b1d',
			actorFor: () => Promise.resolve({name: 'Ravi', machine: 'laptop-1'}),
			sessions: {session: () => session},
			ledgers: {remembered: () => (carried ? {clock: carried} : undefined)},
		} as unknown as NamingServices,
	};
};

const record = (from: ReturnType<typeof services>) =>
	newRecord(from.services, {environment: preprod, app: 'backend'}, {kind: 'deploy', commit: '7f3a9c2aa'});

test.each([
	['a day ahead', onHost + day],
	['a day behind', onHost - day],
	['in the year 2030', Date.UTC(2030, 0, 1)],
	['at its beginning', 0],
])('names: run, release and backup are called by the host, with this machine %s', async (_, here) => {
	const named = await record(services({here}));

	expect(named.run).toBe('20260210T055341Z-backend-9b1d');
	expect(named.startedAt).toBe('2026-02-10T05:53:41.000Z');
	const plan = planDeployTo(preprod.apps.backend, {record: named, environment: preprod} as never);
	expect(plan.release).toBe('20260210T055341Z-7f3a9c2');
	expect(plan.backupFile).toMatch(/backend_20260210_112341\.tar\.gz$/);
});

test('names: a clock here that jumps while it is asked changes none of them', async () => {
	let jumps = 0;
	const named = await record(services({here: () => onHost + jumps++ * 400 * day}));

	expect(named.run).toBe('20260210T055341Z-backend-9b1d');
});

test.each([
	['a release', '20260210T055341Z-7f3a9c2'],
	['a backup', 'backend_20260210_112341.tar.gz'],
	['one being written', 'backend_20260210_112341.tar.gz.part'],
	['a release that failed', 'backend_failed_20260210_112341'],
])('names: a second that %s is called by already is not taken again', async (_, name) => {
	const {run} = await record(services({here: onHost, says: () => saying(name, '20260210T055342Z-abcdef0')}));

	expect(run).toBe('20260210T055343Z-backend-9b1d');
});

test('names: what is called by another time, or by none, keeps nothing free', async () => {
	const {run} = await record(services({here: onHost, says: () => saying('notes 2026', '20260210T055340Z-7f3a9c2')}));

	expect(run).toBe('20260210T055341Z-backend-9b1d');
});

test('names: a plan alone asks no host', async () => {
	const plan = services({here: onHost + day, state: 'idle'});

	expect((await record(plan)).startedAt).toBe('2026-02-11T05:53:41.000Z');
	expect(plan.asked()).toBe(0);
});

test.each([
	['nothing', () => answer('')],
	['something else', () => answer('Welcome!\n')],
	[
		'nothing any more',
		(): never => {
			throw new DeployError({code: 'link-lost', what: 'h', why: 'the link is lost', now: '', next: ''});
		},
	],
])('names: of a host that says %s, its clock is carried on from before', async (_, says) => {
	const here = onHost + day;
	const carried = {time: onHost - 60_000, readAt: here - 60_000};

	expect((await record(services({here, says, carried}))).startedAt).toBe('2026-02-10T05:53:41.000Z');
});
