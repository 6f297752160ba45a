import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {parseEnvFile} from '../../../src/domain/environments/env-file.ts';
import {loadEnvironments} from '../../../src/config/environments/load-environments.ts';
import type {EnvironmentSet} from '../../../src/config/environments/load-environments.ts';
import {writeConfiguration} from '../configuration-fixture.ts';

const root = join(import.meta.dirname, '../../..');
let set: EnvironmentSet;

beforeAll(async () => {
	set = await loadEnvironments(root, {home: '/home/asha'});
});

const template = (name: string) => parseEnvFile(readFileSync(join(root, `environments/.env.${name}`), 'utf8')).entries;
const templateKeys = (name: string): readonly string[] => [...new Set(template(name).map(({key}) => key))].sort();

/** Source: workflow, "Environment Configuration Files", "Deployment Schedule". What they do not state is absent. */
const workflow = [
	{
		name: 'local',
		title: 'Local',
		server: undefined,
		instance: undefined,
		database: {host: 'localhost', name: 'qsights_local'},
		site: 'http://localhost:3000',
		apiOrigin: 'http://localhost:8000',
		cache: 'file',
		debug: true,
		soakHours: 0,
		window: undefined,
		buildEnvironment: {NODE_ENV: 'development', NEXT_PUBLIC_API_URL: 'http://localhost:8000/api'},
		backendHealth: 'http://localhost:8000/api/health',
	},
	{
		name: 'preprod',
		title: 'Pre-Prod',
		server: '3.110.94.207',
		instance: 'i-0b62d4d1009b83e2a',
		database: {host: 'qsights-preprod-db.c0vxik9s9ktk.ap-south-1.rds.amazonaws.com'},
		site: 'https://preprod.qsights.com',
		apiOrigin: 'https://preprod.qsights.com',
		cache: 'redis',
		debug: false,
		soakHours: 24,
		window: {days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'], from: '10:00', until: '16:00', notBeforeHolidays: true},
		buildEnvironment: {NODE_ENV: 'production', NEXT_PUBLIC_API_URL: 'https://preprod.qsights.com/api'},
		backendHealth: 'https://preprod.qsights.com/api/health',
		pm2Names: ['qsights-frontend-preprod', 'qsights-frontend'],
	},
	{
		name: 'production',
		title: 'Production',
		server: '13.126.210.220',
		instance: 'i-0de19fdf0bd6568b5',
		database: {host: 'qsights-db.c0vxik9s9ktk.ap-south-1.rds.amazonaws.com'},
		site: 'https://prod.qsights.com',
		apiOrigin: 'https://prod.qsights.com',
		cache: 'redis',
		debug: false,
		soakHours: 0,
		window: {days: ['Tue', 'Wed'], from: '11:00', until: '14:00', notBeforeHolidays: true},
		buildEnvironment: {NODE_ENV: 'production', NEXT_PUBLIC_API_URL: 'https://prod.qsights.com/api'},
		backendHealth: 'https://prod.qsights.com/api/health',
		pm2Names: ['qsights-frontend', 'qsights-frontend-preprod'],
	},
];

test('shipped environments: the three of the workflow, in promotion order', () => {
	expect(set.environments.map(({name, tier, promotedFrom}) => ({name, tier, promotedFrom}))).toEqual([
		{name: 'local', tier: 'local', promotedFrom: undefined},
		{name: 'preprod', tier: 'preprod', promotedFrom: 'local'},
		{name: 'production', tier: 'production', promotedFrom: 'preprod'},
	]);
});

describe.each(workflow)('shipped environment $name', expected => {
	test('names, addresses and policy are those of the workflow', () => {
		const found = set.byName(expected.name);

		expect(found).toMatchObject({
			project: 'qsights',
			title: expected.title,
			database: expected.database,
			debug: expected.debug,
			soakHours: expected.soakHours,
			timeZone: 'Asia/Kolkata',
			stateDirectory: `.cockpit/qsights/${expected.name}`,
			backups: {directory: `/home/ubuntu/backups/${expected.name}`, policy: 'before-swap'},
			file: join(root, `environments/${expected.name}.yaml`),
		});
		expect(found.database).toEqual(expected.database);
		expect(found.window).toEqual(expected.window);
		expect(found.urls.site).toBe(expected.site);
		expect(new URL(found.urls.api).origin).toBe(expected.apiOrigin);
		expect(found.drivers.cache).toBe(expected.cache);
	});

	test('hosts are the servers of the workflow, reached as ubuntu with the key of the team', () => {
		const {hosts} = set.byName(expected.name);

		expect(
			hosts.map(({address, instanceId, user, identityFile}) => ({address, instanceId, user, identityFile})),
		).toEqual(
			expected.server === undefined
				? []
				: [
						{
							address: expected.server,
							instanceId: expected.instance,
							user: 'ubuntu',
							identityFile: '/home/asha/.ssh/qsights.pem',
						},
					],
		);
	});

	test('backend has the paths, excludes, shared paths and health check of the workflow', () => {
		expect(set.byName(expected.name).apps.backend).toMatchObject({
			recipe: 'laravel',
			source: join(root, 'backend'),
			path: '/var/www/qsights/backend',
			owner: 'www-data',
			group: 'www-data',
			fileMode: 0o644,
			directoryMode: 0o755,
			excludes: ['vendor', 'node_modules', 'storage/logs'],
			shared: {
				files: ['.env'],
				directories: [
					'storage/app',
					'storage/logs',
					'storage/framework/sessions',
					'storage/framework/cache',
					'public/uploads',
				],
			},
			health: {
				url: expected.backendHealth,
				status: 200,
				passes: 3,
				stableForMs: 10_000,
				withinMs: 60_000,
				everyMs: 2000,
			},
		});
	});

	test('frontend is built for this environment and checked at its site', () => {
		expect(set.byName(expected.name).apps.frontend).toMatchObject({
			recipe: 'nextjs',
			source: join(root, 'frontend'),
			path: '/var/www/qsights/frontend',
			owner: 'www-data',
			buildEnvironment: expected.buildEnvironment,
			health: {url: expected.site, status: 200, stableForMs: 10_000},
			...(expected.pm2Names ? {pm2Names: expected.pm2Names} : {}),
		});
	});

	test('services are reloaded where there is a server, nginx after nginx -t', () => {
		expect(set.byName(expected.name).apps.backend?.services).toEqual(
			expected.server === undefined
				? []
				: [
						{unit: 'php8.1-fpm', after: 'reload'},
						{unit: 'nginx', after: 'reload', test: ['nginx', '-t']},
					],
		);
	});

	test('the .env template has the same keys as the others, and only references for secrets', () => {
		const values = Object.fromEntries(template(expected.name).map(({key, value}) => [key, value]));

		expect(templateKeys(expected.name)).toEqual(templateKeys('local'));
		expect(values).toMatchObject({
			APP_DEBUG: String(expected.debug),
			DB_HOST: expected.database.host,
			CACHE_DRIVER: expected.cache,
			...expected.buildEnvironment,
		});
		expect(values['DB_PASSWORD']).toBe(`\${secret:${expected.name}/db-password}`);
	});
});

test('shipped environments: holidays keep both servers, and cover two whole years', () => {
	expect(set.byName('local').holidays).toBeUndefined();
	for (const name of ['preprod', 'production']) {
		expect(set.byName(name).holidays).toMatchObject({
			file: 'holidays-india.yaml',
			covers: {from: '2026-01-01', until: '2027-12-31'},
			source: expect.stringContaining('expected'),
		});
	}
	const days = set.byName('production').holidays?.days ?? [];
	const named = (year: string, name: string) =>
		days.find(day => day.date.startsWith(year) && day.name.includes(name))?.date;
	expect(days.filter(({date}) => date.startsWith('2026'))).toHaveLength(17);
	expect(['Republic', 'Independence', 'Gandhi', 'Christmas'].map(name => named('2027', name))).toEqual([
		'2027-01-26',
		'2027-08-15',
		'2027-10-02',
		'2027-12-25',
	]);
	expect(['Holi', 'Dussehra', 'Diwali', 'Guru Nanak'].map(name => named('2026', name))).toEqual([
		'2026-03-04',
		'2026-10-20',
		'2026-11-08',
		'2026-11-24',
	]);
});

test('shipped environments: policy is the usual one, with no way around it', () => {
	for (const {approvals, identity, headless, emergency} of set.environments)
		expect({approvals, identity, headless, emergency}).toEqual({
			approvals: 0,
			identity: 'claimed',
			headless: 'expect',
			emergency: undefined,
		});
});

test('shipped environments: the example of an emergency loads once it is no comment any more', async () => {
	const path = 'environments/production.yaml';
	const text = readFileSync(join(root, path), 'utf8');
	using configuration = writeConfiguration({
		...Object.fromEntries(
			['local.yaml', 'preprod.yaml', 'holidays-india.yaml', '.env.local', '.env.preprod', '.env.production'].map(
				name => [`environments/${name}`, readFileSync(join(root, 'environments', name), 'utf8')],
			),
		),
		[path]: text.replace(/^# emergency:\n(?:# {5}.*\n)+/m, example => example.replaceAll(/^# /gm, '')),
	});

	const {environments} = await loadEnvironments(configuration.path, {home: '/home/asha'});

	expect(environments.at(-1)?.emergency).toMatchObject({approvals: 1, reviewWithinHours: 48});
});

test('shipped environments: mail of local goes to the log', () => {
	expect(set.byName('local').drivers.mail).toBe('log');
});

test('shipped environments: the warning of production stands in both of its files', () => {
	const warning = 'NEVER deploy directly to production without Pre-Prod testing';

	expect(set.byName('production').warning).toBe(warning);
	expect(readFileSync(join(root, 'environments/.env.production'), 'utf8')).toContain(`# ${warning}\n`);
	expect(set.byName('preprod').warning).toBeUndefined();
});

test('shipped environments: APP_URL of local is where artisan serves', () => {
	expect(template('local').find(({key}) => key === 'APP_URL')?.value).toBe('http://localhost:8000');
});
