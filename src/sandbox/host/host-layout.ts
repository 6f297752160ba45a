import {join} from 'node:path';

export type HostLayout = {
	readonly root: string;
	/** Login directory: HOME and working directory of every command. */
	readonly home: string;
	readonly shims: string;
	/** `commands.jsonl`: lines run over SSH. `shims.jsonl`: calls of sudo, systemctl, php, composer, pm2 and so on. */
	readonly log: string;
	/** State of the units: `<unit>` holds `state since pid`; `php8.1-fpm.serves` the release it loaded. */
	readonly units: string;
	/** What PM2 knows: `processes.json` its list, `dump.json` what `pm2 save` wrote. */
	readonly pm2: string;
	readonly nginxConfiguration: string;
	readonly nginxAccessLog: string;
	readonly nginxErrorLog: string;
	/** Where cron writes what `artisan schedule:run` prints. */
	readonly schedulerLog: string;
	/** What goes wrong in a rehearsal, one a line; see `http/trouble.ts`. */
	readonly trouble: string;
	/** The migrations that ran, name and batch, one a line: the sandbox's database. */
	readonly migrations: string;
	readonly backend: string;
	readonly frontend: string;
	readonly backups: string;
	/** The cockpit's own: lock, ledger, manifests. `stateDirectory` of the environment, from the login directory on. */
	readonly state: string;
	readonly ledger: string;
};

/** `stateDirectory` of an environment. */
export const stateDirectory = (environment: string): string => `.cockpit/qsights/${environment}`;

/** Where things are on a sandbox host. There is no chroot: every path is absolute on this machine. */
export const hostLayout = (root: string, environment: string): HostLayout => ({
	root,
	home: join(root, 'home/ubuntu'),
	shims: join(root, 'shims'),
	log: join(root, 'log'),
	units: join(root, 'run/units'),
	pm2: join(root, 'run/pm2'),
	nginxConfiguration: join(root, 'etc/nginx/nginx.conf'),
	nginxAccessLog: join(root, 'var/log/nginx/access.log'),
	nginxErrorLog: join(root, 'var/log/nginx/error.log'),
	schedulerLog: join(root, 'var/log/qsights/scheduler.log'),
	trouble: join(root, 'trouble'),
	migrations: join(root, 'var/lib/mysql/qsights.migrations'),
	backend: join(root, 'var/www/qsights/backend'),
	frontend: join(root, 'var/www/qsights/frontend'),
	backups: join(root, 'home/ubuntu/backups', environment),
	state: join(root, 'home/ubuntu', stateDirectory(environment)),
	ledger: join(root, 'home/ubuntu', stateDirectory(environment), 'ledger.jsonl'),
});
