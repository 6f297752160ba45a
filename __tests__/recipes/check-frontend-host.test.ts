import {expect, test} from 'vitest';
import type {FrontendFacts, Pm2Instance, PortOwner} from '../../src/commands/nextjs/frontend-facts.ts';
import {checkFrontendHost, judgeFrontendHost} from '../../src/recipes/nextjs/check-host.ts';
import {frontendPlan, goodFrontendFacts} from './frontend-plan.ts';

const plan = frontendPlan();
const {frontend} = goodFrontendFacts;
const [app] = frontend.instances;
const [owner] = frontend.owners;
if (!app || !owner) throw new TypeError('the good host runs the app');

const withPm2 = (changes: Partial<FrontendFacts>) =>
	checkFrontendHost(plan, {...goodFrontendFacts, frontend: {...frontend, ...changes}});
const instance = (changes: Partial<Pm2Instance>): readonly Pm2Instance[] => [{...app, ...changes}];
const stranger: PortOwner = {
	pid: 77,
	user: 'root',
	startedAt: '2026-01-01T00:00:00Z',
	cwd: '/srv/old',
	command: 'next-server',
};

test('frontend host check: a good host is not refused, whether the app is online, stopped or has crashed', () => {
	expect(checkFrontendHost(plan, goodFrontendFacts)).toBeUndefined();
	for (const status of ['stopped', 'errored'])
		expect(withPm2({instances: instance({status, pid: 0}), owners: []})).toBeUndefined();
	expect(withPm2({instances: instance({cwd: `${plan.layout.live}/`})})).toBeUndefined();
	expect(judgeFrontendHost(plan, goodFrontendFacts).map(({name}) => name)).toContain('pm2');
});

test.each([
	{case: 'no Node', facts: {frontend: undefined}, why: /^missing on the host: node$/},
	{case: 'no PM2', facts: {frontend: {...frontend, hasPm2: false}}, why: /^missing on the host: pm2$/},
	{case: 'not taken over', facts: {layout: 'directory'}, why: /plain directory/},
	{case: 'no space', facts: {freeKib: {app: 1, backups: 1, state: 1, tmp: 1}}, why: /disk full/},
] as const)('frontend host check: $case', ({facts, why}) => {
	expect(checkFrontendHost(plan, {...goodFrontendFacts, ...facts})?.why).toMatch(why);
});

test('frontend host check: without npm nothing is missing while the packages of live are kept', () => {
	const lock = {path: 'package-lock.json', mode: '100644' as const, sha256: 'a'.repeat(64), sizeBytes: 1};
	const locked = {
		...plan,
		source: {...plan.source, entries: [...plan.source.entries.filter(({path}) => path !== lock.path), lock]},
	};
	const unlocked = {
		...plan,
		source: {...plan.source, entries: plan.source.entries.filter(({path}) => path !== lock.path)},
	};
	const facts = (lockSha256: string) => ({
		...goodFrontendFacts,
		npm: '',
		frontend: {...frontend, live: {...frontend.live, lockSha256}},
	});

	expect(checkFrontendHost(locked, facts(lock.sha256))).toBeUndefined();
	expect(checkFrontendHost(locked, facts('b'.repeat(64)))?.why).toBe('missing on the host: npm');
	expect(checkFrontendHost(unlocked, facts(''))).toBeUndefined();
});

test('frontend host check: an app that PM2 does not know is to be started once by hand, with the live path', () => {
	const found = withPm2({
		instances: [],
		otherNames: ['api'],
		daemons: [{pid: 5, user: 'root', home: '/root/.pm2', processes: 2}],
	});

	expect(found).toEqual({
		why: 'PM2 of ubuntu has no process called qsights-frontend-preprod or qsights-frontend; it has api; root has one too (/root/.pm2, 2 processes)',
		next: [
			'Start the app once by hand, with the live path as its directory, so that it follows each swap:',
			'pm2 start npm --name qsights-frontend-preprod --cwd /var/www/qsights/frontend -- start && pm2 save',
			'Or set pm2User in the environment file to whom it belongs.',
		].join('\n'),
	});
});

test.each([
	{
		case: 'PM2 does not answer',
		changes: {problem: 'pm2 jlist of ubuntu failed: no'},
		why: /^pm2 jlist of ubuntu failed: no$/,
		next: /pm2 list/,
	},
	{
		case: 'both names run',
		changes: {instances: [...instance({name: 'qsights-frontend-preprod'}), app]},
		why: /^both qsights-frontend-preprod and qsights-frontend are online/,
		next: /pm2 delete qsights-frontend && pm2 save/,
	},
	{
		case: 'pinned to a release by its directory',
		changes: {instances: instance({cwd: '/var/www/qsights/.frontend/releases/one'})},
		why: /in \/var\/www\/qsights\/\.frontend\/releases\/one instead of/,
		next: /pm2 delete qsights-frontend && pm2 start npm .*--cwd \/var\/www\/qsights\/frontend -- start && pm2 save/,
	},
	{
		case: 'pinned to a release by its script',
		changes: {
			instances: instance({script: '/var/www/qsights/.frontend/releases/one/node_modules/next/dist/bin/next'}),
		},
		why: /inside one release/,
		next: /pm2 delete/,
	},
	{
		case: 'an old process holds the port',
		changes: {owners: [owner, stranger]},
		why: /^port 3000 is held by process 77 \(next-server of root, started 2026-01-01T00:00:00Z, in \/srv\/old\)/,
		next: /kill 77$/,
	},
	{
		case: 'nothing listens where the app should',
		changes: {owners: []},
		why: /online, but nothing listens on port 3000/,
		next: /apps\.frontend\.port/,
	},
])('frontend host check: $case', ({changes, why, next}) => {
	const found = withPm2(changes);

	expect(found?.why).toMatch(why);
	expect(found?.next).toMatch(next);
});

test('frontend host check: an app that has only just started may not listen yet', () => {
	const uptime = goodFrontendFacts.time * 1000 - 59_000;

	expect(withPm2({owners: [], instances: instance({uptime})})).toBeUndefined();
});

test('frontend host check: without a lockfile there must be packages on the host', () => {
	const {source} = plan;
	const bare = frontendPlan({
		source: {...source, entries: source.entries.filter(({path}) => path === 'package.json')},
	});
	const live = (modules: FrontendFacts['live']['modules']) =>
		checkFrontendHost(bare, {...goodFrontendFacts, frontend: {...frontend, live: {...frontend.live, modules}}});

	expect(live('link')).toBeUndefined();
	expect(live('missing')?.why).toMatch(/neither package-lock\.json/);
});
