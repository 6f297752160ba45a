import type {Environment} from '../../domain/environments/environment.ts';
import {guidePlaces} from '../../domain/guides/guide-places.ts';
import {logSources} from '../../domain/logs/log-sources.ts';
import {draft, sentences, shellLine, shellLines, tableOf, type Draft} from './blocks.ts';
import {handHost, pm2Line, healthLine} from './by-hand.ts';
import {allInWords, withHosts, type GuideSources} from './guide-facts.ts';
import {deployLine} from './guide-steps.ts';

const table = (rows: readonly (readonly [string, string, string])[]) =>
	tableOf(['what you see', 'what it is', 'what to do'], rows);

const failures = ({environments}: GuideSources): readonly Draft[] => [
	draft(
		2,
		guidePlaces.failures.heading,
		sentences('Every error says what is live now. Up to exit code 3 live is untouched.'),
		table([
			[
				'exit 1, DEPLOYMENT BLOCKED',
				'a gate is closed, or a word was not exact',
				'do what it names; cockpit gate APP --env NAME says it again',
			],
			['exit 2, migrations are pending', 'nobody is there to ask', 'add --migrate run, or --migrate skip'],
			[
				'exit 2, a key is missing or wrong',
				'a configuration file does not hold what is needed',
				'the error names file, line and fix',
			],
			[
				'exit 3, a step failed',
				'its last words stand in the error and in the log it names',
				'mend what it says, and deploy again',
			],
			[
				'exit 3, the build fails',
				'the output of the build, on this machine',
				'run the same build in the sources; mend, commit, deploy again',
			],
			[
				'exit 3, a file differs from what was sent',
				'somebody writes into the release while it is made',
				'find who; deploy again',
			],
			[
				'exit 4, failed after the swap',
				'the new release is live, and not healthy',
				'R on its screen, or cockpit rollback (chapter 4)',
			],
			['exit 5, not reached', 'network, key, or host key', '5.4'],
			[
				'exit 6, locked',
				'somebody else is at it',
				'wait; where their cockpit is gone: cockpit resume RUN, before the swap also --abandon',
			],
			[
				'the connection is lost in the middle',
				'the job under way goes on, on its host',
				'wait: it is attached to again; else cockpit resume',
			],
			['disk full', 'backups and releases need room', 'cockpit backups prune; going back works all the same'],
		]),
	),
	...withHosts(environments).map(environment =>
		draft(
			3,
			`What a run would do on ${environment.title}`,
			shellLines(
				'here',
				(['backend', 'frontend'] as const)
					.filter(app => environment.apps[app])
					.map(app => `${deployLine(app, environment)} --plan`),
			),
		),
	),
];

const logPaths = (environment: Environment, ids: readonly string[]): readonly string[] => {
	const [host] = environment.hosts;
	return logSources(environment)
		.filter(({id, host: on}) => on === host?.name && ids.includes(id.slice(on.length + 1)))
		.map(({path}) => path);
};

/** A pattern in a path is for a shell that may read there. */
const tail = (path: string): string => {
	const pattern = path
		.split('*')
		.map(piece => (piece === '' ? '' : shellLine`${piece}`))
		.join('*');
	return shellLine`sudo sh -c ${`tail -n 50 -- ${pattern}`}`;
};

const backendLines = (environment: Environment): readonly string[] => {
	const {backend} = environment.apps;
	if (!backend) return [];
	const {path, owner, php, services} = backend;
	const artisan = shellLine`sudo -u ${owner} ${php} ${`${path}/artisan`}`;
	return [
		...logPaths(environment, ['laravel', 'nginx-error', 'php-fpm']).map(tail),
		...(services.length === 0 ? [] : [shellLine`systemctl is-active ${services.map(({unit}) => unit)}`]),
		`${artisan} about`,
		`${artisan} migrate:status`,
		shellLine`sudo grep -E '^DB_(CONNECTION|HOST|PORT|DATABASE)=' ${`${path}/.env`}`,
		shellLine`sudo -u ${owner} test -w ${`${path}/storage`} && echo 'storage can be written'`,
	];
};

const permissionLines = ({apps: {backend}}: Environment): readonly string[] =>
	(backend?.shared.directories ?? []).map(
		directory =>
			shellLine`sudo chown -Rh ${`${backend?.owner}:${backend?.group}`} ${`${backend?.path}/${directory}/`}`,
	);

const frontendLines = (environment: Environment): readonly string[] => {
	const {frontend} = environment.apps;
	if (!frontend) return [];
	const {path, pm2, pm2User, port, health} = frontend;
	const as = pm2User === undefined ? '' : shellLine`sudo -H -u ${pm2User} -- `;
	return [
		`${as}${shellLine`${pm2} list`}`,
		...frontend.pm2Names.slice(0, 1).map(name => `${as}${shellLine`${pm2} logs ${name} --lines 50 --nostream`}`),
		pm2Line(frontend, 'reload'),
		shellLine`sudo ss -ltnp ${`sport = :${port}`}`,
		`${shellLine`sudo cat ${`${path}/.next/BUILD_ID`}`}; echo`,
		healthLine(health.url),
		shellLine`sudo grep -rlF ${environment.urls.api} ${`${path}/.next/static`} | head -n 3`,
	];
};

const perHost = (
	environments: readonly Environment[],
	app: 'backend' | 'frontend',
	linesOf: (environment: Environment) => readonly string[],
): readonly Draft[] =>
	withHosts(environments)
		.filter(({apps}) => apps[app] !== undefined)
		.map(environment =>
			draft(
				3,
				`Look at the ${app} on ${environment.title}`,
				shellLines(handHost(environment), linesOf(environment)),
			),
		);

const backend = ({environments}: GuideSources): readonly Draft[] => {
	const has = withHosts(environments).some(({apps}) => apps.backend);
	return [
		draft(
			2,
			'5.2 Backend',
			has
				? table([
						[
							'500 errors',
							'the app throws',
							'read the Laravel log; since the swap alone: cockpit logs --env NAME --since swap',
						],
						[
							'502 or 504',
							'php-fpm does not run or does not answer',
							'systemctl status of its unit; its log; restart it',
						],
						[
							'500 on every page right behind a deploy',
							'a cache holds what is gone, or a value is missing in .env',
							'cockpit env diff; php artisan config:cache as the owner',
						],
						[
							'database: connection refused, access denied',
							'DB_HOST, DB_PORT, user or password of .env; a firewall',
							'compare with the environment file; php artisan migrate:status says the same',
						],
						[
							'database: table or column not found',
							'a migration did not run',
							'php artisan migrate:status; deploy with --migrate run',
						],
						[
							'permissions: permission denied',
							'something in storage or bootstrap/cache is not owned by the app',
							'chown as below; nobody runs artisan as root',
						],
						[
							'mails or jobs stay away',
							'a queue worker runs old code or stands',
							'php artisan queue:restart; php artisan queue:failed',
						],
					])
				: sentences('This set has no backend.'),
		),
		...perHost(environments, 'backend', backendLines),
		...withHosts(environments).map(environment =>
			draft(
				3,
				`Mend permissions on ${environment.title}`,
				shellLines(handHost(environment), permissionLines(environment)),
			),
		),
	];
};

const frontend = ({environments}: GuideSources): readonly Draft[] => {
	const names = [...new Set(withHosts(environments).flatMap(({apps}) => apps.frontend?.pm2Names ?? []))];
	const addresses = withHosts(environments).flatMap(({title, apps}) =>
		Object.entries(apps.frontend?.buildEnvironment ?? {}).map(([name, value]) => `${title}: ${name}=${value}`),
	);
	return [
		draft(
			2,
			'5.3 Frontend',
			names.length > 0
				? table([
						[
							'PM2: the process is errored or stopped',
							'the app ends right after its start',
							'pm2 logs; then pm2 restart',
						],
						[
							'PM2: no such process',
							`it was never started in the live path, or is another user's`,
							`start it there once under one of ${allInWords(names)}`,
						],
						[
							'PM2: the port is taken',
							'an old process owns it',
							'ss as below names it; pm2 delete the one that is not used',
						],
						[
							'BUILD_ID served is not the deployed one',
							'an old process answers, or a cache in front',
							'compare BUILD_ID with the page; restart PM2; clear the cache',
						],
						[
							'chunks not found, blank pages',
							'the page is of a build that is gone',
							'reload without cache; deploys keep the chunks of the build before',
						],
						[
							'API calls fail or go to another environment',
							'the address was compiled in wrong',
							`deploy again; the values are: ${addresses.join('; ')}`,
						],
						[
							'API calls: CORS or 401',
							'the backend does not know the site',
							'compare FRONTEND_URL and session values: cockpit env diff',
						],
					])
				: sentences('This set has no frontend.'),
		),
		...perHost(environments, 'frontend', frontendLines),
	];
};

const general = ({environments}: GuideSources): readonly Draft[] => {
	const hosted = withHosts(environments);
	return [
		draft(
			2,
			guidePlaces.general.heading,
			table([
				[
					'a host does not answer',
					'network, firewall, or the host is down',
					'ssh by hand (6.1); the console of your cloud',
				],
				[
					'the login is refused',
					'the key is not the one of the host',
					'chmod 600 of the key file, ssh-add, or identityFile of the environment',
				],
				[
					'a host key is not known',
					'nobody here has accepted it',
					'compare the fingerprint with whoever runs the host, then pin it (hostKeys)',
				],
				['a host key has changed', 'another machine answers, or it was set up anew', 'do not connect; ask'],
				[
					'locked, exit 6',
					'somebody deploys, or holds the environment',
					'ask them; cockpit resume RUN, cockpit unlock',
				],
				[
					'added or changed files are named',
					'what is live is not what was deployed',
					'look at it first; then deploy again: it stays behind',
				],
				[
					'the ledger is broken or went back',
					'it was changed, cut or replaced',
					'find out why; then cockpit ledger adopt',
				],
				['a configuration is not as committed', 'only what is committed counts', 'commit it'],
			]),
			hosted.length === 0
				? undefined
				: shellLines(
						'here',
						hosted.flatMap(({name}) => [
							shellLine`cockpit status --env ${name}`,
							shellLine`cockpit ledger verify --env ${name}`,
						]),
					),
		),
		...hosted.map(environment =>
			draft(
				3,
				`Look at the host of ${environment.title}`,
				shellLines(handHost(environment), [
					shellLine`df -h / ${environment.backups.directory}`,
					'free -m',
					'uptime',
					'date',
					...new Set(
						[environment.apps.backend, environment.apps.frontend].flatMap(target =>
							(target?.services ?? []).map(({unit}) => shellLine`systemctl status --no-pager ${unit}`),
						),
					),
				]),
			),
		),
	];
};

/** By what one sees, in four groups. Source: workflow, "Troubleshooting". */
export const troubleshootingDrafts = (sources: GuideSources): readonly Draft[] => [
	draft(1, '5 Troubleshooting'),
	...failures(sources),
	...backend(sources),
	...frontend(sources),
	...general(sources),
];
