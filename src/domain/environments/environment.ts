import type {HealthPolicy} from '../health.ts';
import type {Hooks} from './hooks.ts';
import type {Watched} from './watched.ts';

/** What kind of place an environment is. `production` turns screens red and asks for both words. */
export type Tier = 'local' | 'preprod' | 'production';

export type AppName = 'backend' | 'frontend';

/** One SSH target. The first host of an environment is its primary: it keeps lock, ledger and backups. */
export type Host = {
	/** Name used on screen and in errors, unique in the environment. */
	readonly name: string;
	/** Address, or an alias of the user's ssh configuration; resolved by `ssh -G`. */
	readonly address: string;
	/** Absent: from the ssh configuration, else 22. */
	readonly port?: number;
	/** Absent: from the ssh configuration, else the local user. */
	readonly user?: string;
	/** Absolute path of a private key. Absent: agent and ssh configuration. */
	readonly identityFile?: string;
	/** Cloud instance id, for people: shown in errors and guides. */
	readonly instanceId?: string;
	/** Pinned host keys as `ssh-ed25519 AAAA...`. When given, nothing else is accepted. */
	readonly hostKeys?: readonly string[];
	/** Absolute path of a known_hosts file used instead of the ssh configuration's. */
	readonly knownHostsFile?: string;
	/** Jump hosts as in `ssh -J`. Absent: from the ssh configuration. */
	readonly proxyJump?: string;
	/** Of a further host: it is looked at and its logs are read, but nothing is deployed to it. */
	readonly watchedOnly?: true;
};

/** A service of an app and how a deploy makes it see the new release. */
export type Service = {
	/** systemd unit without `.service`. */
	readonly unit: string;
	readonly after: 'reload' | 'restart' | 'nothing';
	/** Command that proves the configuration before the service is touched, e.g. `['nginx', '-t']`. */
	readonly test?: readonly [string, ...string[]];
};

/** A file or directory that belongs to the environment, not to a release. Paths are relative to the app. */
export type SharedPaths = {
	readonly files: readonly string[];
	readonly directories: readonly string[];
};

type Target = {
	/** Absolute path of the app's sources on this machine. */
	readonly source: string;
	/** Absolute live path on the host; a symlink to a release once adopted. */
	readonly path: string;
	readonly owner: string;
	readonly group: string;
	/** Permission bits, e.g. 0o644; files git marks executable get the matching x bits too. */
	readonly fileMode: number;
	readonly directoryMode: number;
	/** Paths or names never sent and never archived: `vendor`, `node_modules`, `storage/logs`. */
	readonly excludes: readonly string[];
	readonly shared: SharedPaths;
	readonly services: readonly Service[];
	readonly health: HealthPolicy;
	/** Releases kept on the host, the live one included; at least 2. */
	readonly keepReleases: number;
	/** Programs of the team's own that its runs execute. */
	readonly hooks?: Hooks;
};

export type LaravelTarget = Target & {
	readonly recipe: 'laravel';
	readonly php: string;
	readonly composer: string;
	/** Whether queue workers are told to restart after the swap. */
	readonly restartQueue: boolean;
	/** `migrations`: visitors are shown the page for maintenance while migrations run. Absent: never. */
	readonly maintenance?: 'never' | 'migrations';
};

export type NextTarget = Target & {
	readonly recipe: 'nextjs';
	/** PM2 process names, the one this environment uses first; either is accepted. */
	readonly pm2Names: readonly [string, ...string[]];
	/** Compiled into the build: names and values of `NEXT_PUBLIC_*` and `NODE_ENV`. */
	readonly buildEnvironment: Readonly<Record<string, string>>;
	/** TCP port the app listens on, on its host. */
	readonly port: number;
	readonly pm2: string;
	/** Whose PM2 daemon runs the app. Absent: the SSH user's. */
	readonly pm2User?: string;
	readonly npm: string;
	readonly node: string;
};

export type AppTarget = LaravelTarget | NextTarget;

export type Weekday = 'Mon' | 'Tue' | 'Wed' | 'Thu' | 'Fri' | 'Sat' | 'Sun';

/** Days and hours in which a deploy may start, in the environment's own zone. */
export type DeployWindow = {
	readonly days: readonly Weekday[];
	/** Local wall time `HH:MM`; `until` is the first minute outside. */
	readonly from: string;
	readonly until: string;
	/** Closed on the day before a holiday too. */
	readonly notBeforeHolidays: boolean;
};

/** Days on which nothing is deployed. Outside of what the file covers every day counts as one. */
export type Holidays = {
	/** File name below `environments/`. */
	readonly file: string;
	/** First and last day the list is complete for, `YYYY-MM-DD`. */
	readonly covers: {readonly from: string; readonly until: string};
	/** Where the days were taken from. */
	readonly source: string;
	/** Sorted by date. */
	readonly days: readonly {readonly date: string; readonly name: string}[];
};

/**
 * What may be asked instead, when production is broken and can't wait. It needs a second signature and a reason, and
 * it is reviewed afterwards. Identity, failed items and the lock hold even then.
 */
export type EmergencyProfile = {
	/** Hours on the environment before, instead of its `soakHours`. */
	readonly soakHours: number;
	/** Absent: at any time. */
	readonly window?: DeployWindow;
	/** Signatures of others, at least 1. */
	readonly approvals: number;
	readonly reviewWithinHours: number;
};

export type Environment = Watched & {
	/** Name of the project, the same in every file of the set; part of paths on the host. */
	readonly project: string;
	readonly name: string;
	/** For people: `Pre-Prod`. */
	readonly title: string;
	readonly tier: Tier;
	readonly promotedFrom?: string;
	/** Shown wherever this environment is about to be changed. */
	readonly warning?: string;
	/** IANA zone; every time of this environment is shown in it. */
	readonly timeZone: string;
	readonly urls: {readonly site: string; readonly api: string};
	readonly database: {readonly host: string; readonly name?: string};
	readonly drivers: {readonly mail: string; readonly cache: string};
	readonly debug: boolean;
	/** Empty for `local`. */
	readonly hosts: readonly Host[];
	/** Directory on each host that holds lock, ledger, jobs; relative paths start at the login directory. */
	readonly stateDirectory: string;
	readonly backups: {
		/** Absolute directory on the primary host. */
		readonly directory: string;
		readonly policy: 'before-swap' | 'after-deploy';
		readonly keep: number;
	};
	readonly window?: DeployWindow;
	/** Absent: no day is a holiday, and the window says so. */
	readonly holidays?: Holidays;
	/** People other than the deployer who must have signed the build; 0: none. */
	readonly approvals: number;
	/** Whether a name counts as it is given, or only with a checked signature. */
	readonly identity: 'claimed' | 'signed';
	/** What a deploy without a terminal must bring: the words, the words and `--expect`, or it is refused. */
	readonly headless: 'allow' | 'expect' | 'forbid';
	/** Absent: there is no other way than the usual one. */
	readonly emergency?: EmergencyProfile;
	/** What happens by itself when a run fails after the swap: a person is asked, or it goes back to its snapshot. */
	readonly onFailure: 'ask' | 'rollback';
	/** Hours a build must have been live and healthy here before it is promoted; 0 where nothing is. */
	readonly soakHours: number;
	readonly apps: {readonly backend?: LaravelTarget; readonly frontend?: NextTarget};
	/** Absolute path of the YAML file, for errors and "as committed" checks. */
	readonly file: string;
};

/** The app of an environment, whichever it is. */
export const targetOf = ({apps}: Pick<Environment, 'apps'>, app: AppName): AppTarget | undefined => apps[app];

/** The primary host. Throws TypeError for an environment without hosts, which the loader allows for `local` only. */
export const primaryHost = (environment: Environment): Host => {
	const [primary] = environment.hosts;
	if (!primary) throw new TypeError(`environment ${environment.name} has no hosts`);
	return primary;
};

/** How people name a host: user and address as the environment file has them. */
export const addressOf = ({user, address}: Host): string => (user === undefined ? address : `${user}@${address}`);
