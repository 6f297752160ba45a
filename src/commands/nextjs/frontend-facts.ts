import {posix} from 'node:path';
import type {Command} from '../../domain/command.ts';
import type {NextTarget} from '../../domain/environments/environment.ts';
import {askHost, parseHostFacts, type HostFacts} from '../host/host-facts.ts';
import {pm2Text} from './pm2-text.ts';

/** A process of PM2, as far as it may leave the host. Times in epoch milliseconds. */
export type Pm2Instance = {
	readonly name: string;
	readonly pid: number;
	readonly id: number;
	readonly status: string;
	readonly mode: 'fork' | 'cluster';
	readonly restarts: number;
	readonly uptime: number;
	readonly cwd: string;
	readonly script: string;
	readonly args: string;
	readonly node: string;
};

export type PortOwner = {
	readonly pid: number;
	readonly user: string;
	/** ISO 8601 UTC, by the host's clock. */
	readonly startedAt: string;
	readonly cwd: string;
	readonly command: string;
	/** Name of the PM2 process it belongs to; absent: it is none of the app's. */
	readonly of?: string;
};

/** What a host answered about the app under PM2. */
export type FrontendFacts = {
	readonly hasPm2: boolean;
	/** Version; empty when no daemon runs. */
	readonly pm2: string;
	readonly pm2User: string;
	/** What PM2 said instead of its list. */
	readonly problem?: string;
	/** Processes under any of the accepted names, in the order of the names. */
	readonly instances: readonly Pm2Instance[];
	/** Names of the daemon's other processes. */
	readonly otherNames: readonly string[];
	/** PM2 daemons that are not the one asked. */
	readonly daemons: readonly {
		readonly pid: number;
		readonly user: string;
		readonly home: string;
		readonly processes: number;
	}[];
	/** Who listens on the app's port, as far as can be seen. */
	readonly owners: readonly PortOwner[];
	/** `v20.20.2` */
	readonly node: string;
	readonly live: {
		readonly buildId: string;
		/** Of package-lock.json; empty when there is none. */
		readonly lockSha256: string;
		readonly modules: 'directory' | 'link' | 'missing';
	};
};

const ask = `${pm2Text}${String.raw`
const about = JSON.parse(process.argv[1]);
const asOwner = (...argv) => spawnSync('sudo', ['-n', '-u', about.owner, '--'].concat(argv), {encoding: 'utf8'});
const contentOf = file => read(file) || asOwner('cat', '--', file).stdout || '';
const testOf = (what, file) => asOwner('test', what, file).status === 0;
const which = spawnSync('sh', ['-c', 'command -v -- "$1"', 'sh', pm2], {encoding: 'utf8'});
const answer = {hasPm2: which.status === 0, pm2: '', pm2User: user, instances: [], otherNames: [], daemons: [], node: process.version};
const homeOfPm2 = isOwnUser && env.PM2_HOME ? env.PM2_HOME : homeOf() + '/.pm2';
const god = /^PM2 v(\S+): God Daemon \(([^)]*)\)/;
const titles = new Map(allPids().map(pid => [pid, god.exec(read('/proc/' + pid + '/cmdline'))]).filter(([, match]) => match));
for (const [pid, match] of titles) {
	const {user: daemonUser = ''} = describeProcess(pid) || {};
	if (match[2] === homeOfPm2 && daemonUser === user) answer.pm2 = match[1];
	else answer.daemons.push({pid, user: daemonUser, home: match[2], processes: allPids().filter(child => (statOf(child) || {}).parent === pid).length});
}
if (answer.hasPm2) {
	try {
		const list = listAll();
		answer.instances = [].concat(...names.map(name => list.filter(item => item.name === name)));
		answer.otherNames = Array.from(new Set(list.map(item => item.name))).filter(name => !names.includes(name));
		if (answer.pm2 === '' && hasDaemon()) answer.pm2 = (call('--version').stdout || '').trim().split('\n').pop();
	} catch (error) {
		answer.problem = error.message;
	}
}
const ofApp = pid => (answer.instances.find(item => isBelow(pid, item.pid) || (item.mode === 'cluster' && (statOf(item.pid) || {}).parent === pid)) || {}).name;
answer.owners = listenersOf(port).map(pid => Object.assign(describeProcess(pid) || {pid}, {of: ofApp(pid)}));
const lock = contentOf(live + '/package-lock.json');
const modules = live + '/node_modules';
answer.live = {
	buildId: contentOf(live + '/.next/BUILD_ID').trim(),
	lockSha256: lock === '' ? '' : require('crypto').createHash('sha256').update(Buffer.from(lock, fs.existsSync(live + '/package-lock.json') ? 'latin1' : 'utf8')).digest('hex'),
	modules: testOf('-L', modules) ? 'link' : testOf('-d', modules) ? 'directory' : 'missing',
};
console.log(JSON.stringify(answer));
`}`;

const more = `
{
	# A Node that PATH does not name brings the programs beside it.
	case $1 in */*) PATH=$(dirname -- "$1"):$PATH; export PATH ;; esac
	"$1" -e "$2" -- "$3" >"$scratch/answer-frontend" 2>"$scratch/answer-frontend-fault" </dev/null
} &
`;

type Options = Omit<Parameters<typeof askHost>[0], 'versions' | 'more' | 'target'> & {
	readonly target: Pick<
		NextTarget,
		'owner' | 'services' | 'shared' | 'pm2' | 'pm2User' | 'pm2Names' | 'port' | 'node' | 'npm'
	>;
};

/**
 * Asks a host for everything the pre-flight checks of a frontend need, in one exec that changes nothing: as `askHost`,
 * and PM2, its processes under the accepted names, who owns the port, Node and npm, and what is live.
 */
export const askFrontendFacts = (options: Options): Command => {
	const {target, layout} = options;
	const about = {
		pm2: target.pm2,
		pm2User: target.pm2User ?? '',
		names: target.pm2Names,
		port: target.port,
		live: layout.live,
		owner: target.owner,
		memory: '',
	};
	const npm: Command['argv'] = target.node.includes('/')
		? ['env', `PATH=${posix.dirname(target.node)}:/usr/local/bin:/usr/bin:/bin`, target.npm, '--version']
		: [target.npm, '--version'];
	const command = askHost({
		...options,
		versions: {npm},
		more: {text: more, parameters: [target.node, ask.trim(), JSON.stringify(about)]},
	});
	const rights = ['root: find', 'root: readlink', `${target.owner}: cat`, `${target.owner}: test`];
	const ofPm2 = target.pm2User === undefined ? [] : ['root: cat', `${target.pm2User}: env`];
	return {...command, sudo: [...(command.sudo ?? []), ...rights, ...ofPm2]};
};

/** Reads the answer of `askFrontendFacts`; `frontend` is undefined where the host's Node did not answer. Throws Error when it was cut. */
export const parseFrontendFacts = (
	text: string,
): HostFacts & {readonly frontend: FrontendFacts | undefined; readonly npm: string} => {
	const facts = parseHostFacts(text);
	return {...facts, npm: facts.answers['npm'] ?? '', frontend: parse(facts.answers['frontend'] ?? '')};
};

const parse = (json: string): FrontendFacts | undefined => {
	try {
		return JSON.parse(json) as FrontendFacts;
	} catch {
		return undefined;
	}
};
