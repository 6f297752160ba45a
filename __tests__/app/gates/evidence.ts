import {memoryEnvFiles} from '../../support/memory-env-files.ts';
import {createHash} from 'node:crypto';
import type {AppServices} from '../../../src/app/app-services.ts';
import type {Checklists} from '../../../src/domain/checklist/checklist.ts';
import type {AppName, Environment} from '../../../src/domain/environments/environment.ts';
import {renderManifest} from '../../../src/domain/runs/pipeline.ts';
import type {CountedPolicy, SessionManager} from '../../../src/domain/ports.ts';
import {noSignatures, type Said} from '../../support/ledger.ts';
import {policyAsOpened} from '../../support/policy.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Tuesday 10 February 2026, 11:20 IST: what the clocks of both hosts say at first. */
export const now = Date.parse('2026-02-10T05:50:00Z');

/** Hours before that, in the form of a ledger. */
export const ago = (hours: number): string => new Date(now - hours * 3_600_000).toISOString();

export const build = {commit: '7f3a9c2'.padEnd(40, '0'), digest: 'd'.repeat(64)};
export const otherBuild = {commit: '4e81d0c'.padEnd(40, '0'), digest: 'e'.repeat(64)};
export const release = '20260209T052800Z-7f3a9c2';

/** What is live on both hosts, by path. */
export const files: Readonly<Record<string, string>> = {'app/User.php': '<?php\n', artisan: 'run\n'};

/** What the manifest of the release says of it. */
export const manifest = renderManifest(
	Object.entries(files).map(([path, text]) => ({
		path,
		mode: '100644' as const,
		sha256: sha256(text),
		sizeBytes: text.length,
	})),
);

export const item = (id: string, scope: 'backend' | 'frontend' | 'both') => ({
	id,
	title: `Item ${id}`,
	scope,
	how: 'Look.',
	why: 'So.',
	answer: {kind: 'tick'} as const,
	mayNotApply: false,
	digest: sha256(id),
});

/** Two items of the backend, one of them with a probe, and one of both apps. */
export const checklists: Checklists = {
	files: [
		{
			file: 'checklists/10-test.yaml',
			title: 'Test',
			phase: 'before-production',
			sections: [
				{
					id: 'section',
					title: 'Section',
					mode: 'do-confirm',
					items: [
						item('one', 'backend'),
						{...item('two', 'backend'), probe: {on: 'api', path: '/health', status: 200}},
						item('shared', 'both'),
					],
				},
			],
		},
	],
	verifications: {backend: [], frontend: []},
	digest: 'c'.repeat(64),
};

export const ravi = {name: 'Ravi', machine: 'thinkpad'};
export const asha = {name: 'Asha', machine: 'mac'};

/** The healthy end of a deploy, so many hours ago. */
export const deployed = (hours: number, of = build, app: AppName = 'backend'): Said => ({
	time: ago(hours),
	type: 'deploy.finished',
	actor: ravi,
	data: {run: 'r', app, build: of, release},
});

/** What each ledger holds at first, behind its first line: pre-prod runs the build that is here for 25 hours. */
export const firstEntries: Readonly<Record<'preprod' | 'production', readonly Said[]>> = {
	preprod: [deployed(25)],
	production: [deployed(100, otherBuild)],
};

export type Changes = {readonly to?: Partial<Environment>; readonly from?: Partial<Environment>};

/** Pre-prod and production, which is promoted from it. `places`: where each host has what. */
export const environmentsAt = (
	places: {
		readonly configuration: string;
		readonly owner: string;
		readonly live: (name: string) => string;
		readonly state: (name: string) => string;
	},
	{to = {}, from = {}}: Changes,
): {readonly from: Environment; readonly to: Environment} => {
	const environment = (name: 'preprod' | 'production', more: Partial<Environment>): Environment =>
		({
			project: 'qsights',
			name,
			title: name === 'preprod' ? 'Pre-Prod' : 'Production',
			tier: name,
			...(name === 'production' ? {promotedFrom: 'preprod'} : {}),
			timeZone: 'Asia/Kolkata',
			urls: {site: `http://127.0.0.1/${name}`, api: `http://127.0.0.1/${name}/api`},
			hosts: [{name: `${name}-1`, address: '127.0.0.1', user: 'ubuntu'}],
			stateDirectory: places.state(name),
			soakHours: name === 'preprod' ? 24 : 0,
			approvals: 0,
			identity: 'claimed',
			headless: 'expect',
			onFailure: 'ask',
			file: `${places.configuration}/environments/${name}.yaml`,
			apps: {
				backend: {
					recipe: 'laravel',
					source: '/source',
					path: places.live(name),
					owner: places.owner,
					group: places.owner,
					excludes: ['vendor'],
					shared: {files: ['.env'], directories: []},
					services: [],
					health: {
						url: `http://127.0.0.1/${name}/api/up`,
						status: 200,
						passes: 1,
						stableForMs: 0,
						withinMs: 1,
						everyMs: 1,
					},
				},
			},
			...more,
		}) as unknown as Environment;
	return {from: environment('preprod', from), to: environment('production', to)};
};

/** Everything the gates ask that is no host: what is here, what the web answers, who acts. Change it as the test goes. */
export const surroundings = (sessions: SessionManager, ledgers: AppServices['ledgers']) => {
	const actor = {current: ravi as {name: string; machine: string; key?: string}};
	const head = {...build, uncommitted: [] as string[]};
	/** What counts now, where that is something else than what was opened. */
	const counts: {now: Partial<CountedPolicy>} = {now: {}};
	/** Status by the end of an address. */
	const web = {up: 200, probe: 200};
	const gets: string[] = [];
	const services = {
		sessions,
		ledgers,
		signatures: noSignatures,
		policy: policyAsOpened(() => counts.now),
		source: {
			read: async () => ({commit: head.commit, digest: head.digest, subject: '', entries: []}),
			uncommitted: async () => head.uncommitted,
		},
		probe: {
			get: async (url: string) => {
				gets.push(url);
				return {durationMs: 5, outcome: {status: url.endsWith('/up') ? web.up : web.probe}, body: ''};
			},
		},
		clock: {now: () => now, wait: async () => undefined},
		runs: {list: () => [], events: () => []},
		actorFor: async () => actor.current,
		envFiles: memoryEnvFiles(),
	} as unknown as AppServices;
	return {services, actor, head, counts, web, gets};
};
