import {existsSync} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {stringify} from 'yaml';
import {git} from './make-source-repository.ts';
import type {RealHost} from './start-real-host.ts';

type Tree = {readonly [key: string]: unknown};

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `undefined` removes a key; lists are replaced whole. */
const merge = (base: Tree, changes: Tree): Tree => {
	const merged = {...base};
	for (const [key, value] of Object.entries(changes))
		if (value === undefined) delete merged[key];
		else merged[key] = isTree(value) && isTree(merged[key]) ? merge(merged[key], value) : value;
	return merged;
};

/** The part of a host that its configuration speaks of. */
type Configured = Pick<RealHost, 'name' | 'environment' | 'ip' | 'sshPort' | 'url' | 'keyFile' | 'knownHosts'> &
	Partial<Pick<RealHost, 'hasFrontend' | 'nextPort' | 'pm2Name'>>;

const backend = (host: Configured): Tree => ({
	recipe: 'laravel',
	source: 'backend',
	path: '/var/www/qsights/backend',
	owner: 'www-data',
	group: 'www-data',
	fileMode: '0644',
	directoryMode: '0755',
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
	services: [
		{unit: 'php8.1-fpm', after: 'reload'},
		{unit: 'nginx', after: 'reload', test: ['nginx', '-t']},
	],
	health: {
		url: `${host.url}/api/health`,
		status: 200,
		passes: 3,
		stableFor: '300ms',
		within: '10s',
		every: '100ms',
	},
	keepReleases: 3,
	php: 'php',
	composer: 'composer',
	restartQueue: true,
});

const frontend = (host: Configured): Tree => ({
	recipe: 'nextjs',
	source: 'frontend',
	path: '/var/www/qsights/frontend',
	owner: 'www-data',
	group: 'www-data',
	fileMode: '0644',
	directoryMode: '0755',
	excludes: ['node_modules', '.next/cache'],
	shared: {files: [], directories: []},
	services: [],
	health: {url: host.url, status: 200, passes: 3, stableFor: '300ms', within: '20s', every: '100ms'},
	keepReleases: 3,
	pm2Names: [host.pm2Name, host.environment === 'production' ? 'qsights-frontend-preprod' : 'qsights-frontend'],
	port: host.nextPort,
	buildEnvironment: {NODE_ENV: 'production', NEXT_PUBLIC_API_URL: `${host.url}/api`},
});

const common = {
	project: 'qsights',
	timeZone: 'Asia/Kolkata',
	database: {host: '127.0.0.1'},
	drivers: {mail: 'log', cache: 'file'},
};

const local: Tree = {
	...common,
	name: 'local',
	title: 'Local',
	tier: 'local',
	urls: {site: 'http://localhost:3000', api: 'http://localhost:8000/api'},
	debug: true,
	hosts: [],
	stateDirectory: '.cockpit/qsights/local',
	backups: {directory: '/home/ubuntu/backups/local', policy: 'before-swap', keep: 1},
	soakHours: 0,
	apps: {},
};

const tiers: Readonly<Record<string, Tree>> = {
	preprod: {title: 'Pre-Prod', tier: 'preprod', promotedFrom: 'local'},
	production: {title: 'Production', tier: 'production', promotedFrom: 'preprod'},
};

const remote = (host: Configured): Tree => ({
	...common,
	name: host.environment,
	...(tiers[host.environment] ?? tiers['preprod']),
	urls: {site: host.url, api: `${host.url}/api`},
	debug: false,
	hosts: [
		{
			name: host.name,
			address: host.ip,
			port: host.sshPort,
			user: 'ubuntu',
			identityFile: host.keyFile,
			knownHostsFile: host.knownHosts,
		},
	],
	stateDirectory: `.cockpit/qsights/${host.environment}`,
	backups: {directory: `/home/ubuntu/backups/${host.environment}`, policy: 'before-swap', keep: 10},
	soakHours: 24,
	apps: {backend: backend(host), ...(host.hasFrontend ? {frontend: frontend(host)} : {})},
});

/** The keys of `.env` on the host. */
const template = (environment: string, debug: boolean): string => `APP_NAME=QSights
APP_ENV=${environment}
APP_KEY=\${secret:${environment}/app-key}
APP_DEBUG=${debug}
CACHE_DRIVER=file
DB_DATABASE=\${value:${environment}/db-database}
`;

const quoted = {defaultStringType: 'QUOTE_SINGLE', defaultKeyType: 'PLAIN'} as const;

/**
 * Writes the configuration of a host into `directory`: `environments/` with `local` and the host's environment, which
 * has no deploy window, each with its `.env` template, and `checklists/README.md`. The apps' sources are taken to be
 * in `backend/` and `frontend/` beside them. Production is promoted from `preprod`: write that one first. `overrides`
 * go over the host's YAML file, key by key; `undefined` removes one. In a repository the result is committed: policy
 * counts as committed only.
 */
export const writeConfig = async (directory: string, host: Configured, overrides: Tree = {}): Promise<void> => {
	const files: Readonly<Record<string, string>> = {
		'environments/local.yaml': stringify(local, quoted),
		'environments/.env.local': template('local', true),
		[`environments/${host.environment}.yaml`]: stringify(merge(remote(host), overrides), quoted),
		[`environments/.env.${host.environment}`]: template(host.environment, false),
		'checklists/README.md': 'The testing checklists, one YAML file each.\n',
	};
	for (const [name, content] of Object.entries(files)) {
		await mkdir(dirname(join(directory, name)), {recursive: true});
		await writeFile(join(directory, name), content);
	}
	if (!existsSync(join(directory, '.git'))) return;
	await git(directory, 'add', '--force', ...Object.keys(files));
	await git(directory, 'commit', '--quiet', '--allow-empty', '--message=Configure the environments');
};
