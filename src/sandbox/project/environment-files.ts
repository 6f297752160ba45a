import {createHash} from 'node:crypto';
import {stringify} from 'yaml';
import {marked} from '../../domain/environments/working-values.ts';
import type {HostAccount} from '../host/host-account.ts';
import {type HostLayout, stateDirectory} from '../host/host-layout.ts';
import {tiers, type ByTier, type SandboxTier} from '../tiers.ts';
import type {Files} from './files.ts';
import {holidayFile} from './shipped-files.ts';

export type EnvironmentFacts = {
	readonly layout: HostLayout;
	readonly account: HostAccount;
	readonly ssh: {readonly port: number; readonly hostKey: string};
	readonly httpPort: number;
	readonly nextPort: number;
	readonly keyFile: string;
	readonly knownHosts: string;
};

const shared = {
	files: ['.env'],
	directories: [
		'storage/app',
		'storage/logs',
		'storage/framework/sessions',
		'storage/framework/cache',
		'public/uploads',
	],
};
const about = {
	preprod: {
		title: 'Pre-Prod',
		promotedFrom: 'local',
		days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'],
		from: '10:00',
		until: '16:00',
		soakHours: 24,
		policy: {headless: 'allow'},
	},
	production: {
		title: 'Production',
		promotedFrom: 'preprod',
		days: ['Tue', 'Wed'],
		from: '11:00',
		until: '14:00',
		soakHours: 0,
		// Both words are enough without a terminal, and there is an emergency to rehearse.
		policy: {
			approvals: 0,
			headless: 'allow',
			emergency: {soakHours: 1, approvals: 1, reviewWithinHours: 48},
		},
	},
} as const;

/** The frontend's name in PM2. */
export const pm2Name = (tier: SandboxTier): string =>
	tier === 'production' ? 'qsights-frontend' : `qsights-frontend-${tier}`;

/** What is compiled into a frontend. */
export const buildEnvironment = (httpPort: number): Readonly<Record<string, string>> => ({
	NODE_ENV: 'production',
	NEXT_PUBLIC_API_URL: `${siteUrl(httpPort)}/api`,
});

/** Base address of an environment's site; its API is below `/api`. */
export const siteUrl = (httpPort: number): string => `http://127.0.0.1:${httpPort}`;

/** As the product's own files, but sooner done: a rehearsal need not wait ten seconds for stability. */
const health = (url: string) => ({url, status: 200, passes: 3, stableFor: '1s', within: '30s', every: '250ms'});

const app = (recipe: string, source: 'backend' | 'frontend', {layout, account}: EnvironmentFacts) => ({
	recipe,
	source,
	path: layout[source],
	owner: account.user,
	group: account.group,
	fileMode: '0644',
	directoryMode: '0755',
});

const backend = (facts: EnvironmentFacts) => ({
	...app('laravel', 'backend', facts),
	excludes: ['vendor', 'node_modules', 'storage/logs'],
	shared,
	services: [
		{unit: 'php8.1-fpm', after: 'reload'},
		{unit: 'nginx', after: 'reload', test: ['nginx', '-t']},
	],
	health: health(`${siteUrl(facts.httpPort)}/api/health`),
	keepReleases: 5,
	php: 'php',
	composer: 'composer',
	restartQueue: true,
});

const frontend = (tier: SandboxTier, facts: EnvironmentFacts) => ({
	...app('nextjs', 'frontend', facts),
	excludes: ['node_modules', '.next/cache'],
	shared: {files: [], directories: []},
	services: [],
	health: health(siteUrl(facts.httpPort)),
	keepReleases: 5,
	pm2Names: [pm2Name(tier), pm2Name(tier === 'preprod' ? 'production' : 'preprod')],
	port: facts.nextPort,
	buildEnvironment: buildEnvironment(facts.httpPort),
});

/** What the sample app tells of its figures. */
const analytics = [
	['summary', 'Analytics summary'],
	['evaluator-performance', 'Evaluator performance'],
	['subordinate-performance', 'Subordinate performance'],
	['competency-analysis', 'Competency analysis'],
	['department-comparison', 'Department comparison'],
	['trends', 'Trends'],
] as const;

/** Looked at more often than the product's own: what a rehearsal breaks shows at once. */
const probes = ({layout}: EnvironmentFacts) => ({
	every: '2s',
	http: analytics.map(([name, title]) => ({
		id: `analytics-${name}`,
		title,
		app: 'backend',
		on: 'api',
		path: `/analytics/${name}`,
		withinMs: 2000,
		jsonKeys: ['data'],
	})),
	// The machine a sandbox runs on is not what is rehearsed.
	limits: {diskPercent: 99, inodesPercent: 99, memoryPercent: 99, loadPerCore: 100},
	scheduler: {log: layout.schedulerLog, within: '90s'},
	queue: true,
});

/** Logs of the host that no recipe knows. */
const logs = ({layout}: EnvironmentFacts) => [
	{id: 'nginx-access', title: 'nginx access', kind: 'nginx-access', path: layout.nginxAccessLog},
	{id: 'nginx-error', title: 'nginx error', kind: 'nginx-error', path: layout.nginxErrorLog},
	{id: 'scheduler', title: 'scheduler', kind: 'scheduler', app: 'backend', path: layout.schedulerLog},
];

const common = (name: string) => ({
	project: 'qsights',
	name,
	timeZone: 'Asia/Kolkata',
	stateDirectory: stateDirectory(name),
});

/** What stands in `environments/<tier>.yaml`, as the loader reads it. */
const environment = (tier: SandboxTier, facts: EnvironmentFacts) => {
	const {title, promotedFrom, days, from, until, soakHours, policy} = about[tier];
	return {
		...common(tier),
		title: `${title} (sandbox)`,
		tier,
		promotedFrom,
		urls: {site: siteUrl(facts.httpPort), api: `${siteUrl(facts.httpPort)}/api`},
		database: {host: '127.0.0.1', name: `qsights_${tier}`},
		drivers: {mail: 'log', cache: 'file'},
		debug: false,
		hosts: [
			{
				name: `${tier}-1`,
				address: '127.0.0.1',
				port: facts.ssh.port,
				user: facts.account.user,
				identityFile: facts.keyFile,
				hostKeys: [facts.ssh.hostKey],
				knownHostsFile: facts.knownHosts,
			},
		],
		backups: {directory: facts.layout.backups, policy: 'before-swap', keep: 10},
		window: {days, from, until, notBeforeHolidays: true},
		holidays: holidayFile,
		...policy,
		soakHours,
		probes: probes(facts),
		apps: {backend: backend(facts), frontend: frontend(tier, facts)},
		logs: logs(facts),
	};
};

const local = {
	...common('local'),
	title: 'Local',
	tier: 'local',
	urls: {site: 'http://localhost:3000', api: 'http://localhost:8000/api'},
	database: {host: 'localhost', name: 'qsights_local'},
	drivers: {mail: 'log', cache: 'file'},
	debug: true,
	hosts: [],
	backups: {directory: '/home/ubuntu/backups/local', policy: 'before-swap', keep: 10},
	soakHours: 0,
	apps: {},
};

type Settings = Readonly<Record<string, string>>;

const settings = (name: string, site: string): Settings => ({
	APP_NAME: 'QSights',
	APP_ENV: name,
	APP_KEY: `\${secret:${name}/app-key}`,
	APP_DEBUG: String(name === 'local'),
	APP_URL: site,
	LOG_LEVEL: {local: 'debug', preprod: 'info'}[name] ?? 'warning',
	DB_HOST: name === 'local' ? 'localhost' : '127.0.0.1',
	DB_DATABASE: `qsights_${name}`,
	DB_USERNAME: 'qsights',
	DB_PASSWORD: `\${secret:${name}/db-password}`,
	CACHE_DRIVER: 'file',
	QUEUE_DRIVER: name === 'local' ? 'sync' : 'database',
	SESSION_DRIVER: 'file',
	MAIL_MAILER: 'log',
	SENTRY_RELEASE_KEY: `\${secret:${name}/sentry-release-key}`,
});

/** Compiled into the frontend: the template names it as well. */
const compiled = (name: string, site: string): Settings => ({
	NODE_ENV: name === 'local' ? 'development' : 'production',
	NEXT_PUBLIC_API_URL: `${site}/api`,
});

const localSite = 'http://localhost:8000';

const template = (name: string, site: string): string => lines({...settings(name, site), ...compiled(name, site)});

const lines = (values: Settings): string =>
	Object.entries(values)
		.map(([name, value]) => `${name}=${value}\n`)
		.join('');

const invented = (reference: string): string =>
	createHash('sha256').update(`cockpit sandbox ${reference}`).digest('base64');

/** The references of a template with invented secrets in their place. */
const filled = (text: string): string =>
	text.replaceAll(/\$\{secret:([^}]+)\}/g, (_, reference: string) => {
		if (reference.endsWith('app-key')) return `base64:${invented(reference)}`;
		// Somebody has copied this one from Pre-Prod to Production.
		const of = reference.replace(/^p.*(?=\/sentry)/, 'both');
		return invented(of).slice(0, 20);
	});

/** What became of the files of hosts over the years, for `cockpit env diff` to find. */
const leftBehind: ByTier<string> = {
	preprod: 'LOG_LEVEL=notice\n',
	production: 'LEGACY_SSO_URL=https://sso.old.qsights.test\n',
};

/** The `.env` on a host: its template with invented secrets in place of the references, and what was left behind there. */
export const hostEnv = (tier: SandboxTier, httpPort: number): string =>
	filled(lines(settings(tier, siteUrl(httpPort)))) + leftBehind[tier];

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Values of Local in the working copy, as they were before its template got one more. */
export const workingValues = (): Files => {
	const written = (values: Settings): string =>
		marked(filled(lines(values)), {environment: 'local', at: Date.parse('2026-02-02T04:40:00Z'), sha256});
	const {QUEUE_DRIVER: _, ...before} = settings('local', localSite);
	return {'backend/.env': written(before), 'frontend/.env.local': written(compiled('local', localSite))};
};

/** A host key stays on one line. */
const yamlOptions = {lineWidth: 0};

/** `environments/*.yaml` with their `.env` templates. */
export const configurationFiles = (facts: ByTier<EnvironmentFacts>): Files => ({
	'environments/local.yaml': stringify(local, yamlOptions),
	'environments/.env.local': template('local', localSite),
	...Object.fromEntries(
		tiers.flatMap(tier => [
			[`environments/${tier}.yaml`, stringify(environment(tier, facts[tier]), yamlOptions)],
			[`environments/.env.${tier}`, template(tier, siteUrl(facts[tier].httpPort))],
		]),
	),
});
