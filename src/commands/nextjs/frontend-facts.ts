import {posix} from 'node:path';
import type {Command} from '../../domain/command.ts';
import type {NextTarget} from '../../domain/environments/environment.ts';
import {asObject, objectIn, textOrEmpty} from '../answers.ts';
import {askForChecks, parseHostFacts, type HostFacts} from '../host/host-facts.ts';
import findListener from '../host/find-listener.cjs';
import askNode from './ask-frontend.sh';
import askFrontend from './ask-frontend.cjs';
import pm2 from './pm2.cjs';
import {pm2Values} from './pm2.ts';

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

const ask = [findListener, pm2, askFrontend].join('\n');

type Options = Omit<Parameters<typeof askForChecks>[0], 'versions' | 'more' | 'target'> & {
	readonly target: Pick<
		NextTarget,
		'path' | 'owner' | 'services' | 'shared' | 'pm2' | 'pm2User' | 'pm2Names' | 'port' | 'node' | 'npm'
	>;
};

/**
 * Asks a host for everything the pre-flight checks of a frontend need, in one exec that changes nothing: as `askForChecks`,
 * and PM2, its processes under the accepted names, who owns the port, Node and npm, and what is live.
 */
export const askFrontendFacts = (options: Options): Command => {
	const {target} = options;
	const about = {...pm2Values(target), owner: target.owner, memory: ''};
	const npm: Command['argv'] = target.node.includes('/')
		? ['env', `PATH=${posix.dirname(target.node)}:/usr/local/bin:/usr/bin:/bin`, target.npm, '--version']
		: [target.npm, '--version'];
	const command = askForChecks({
		...options,
		versions: {npm},
		more: {text: askNode, parameters: [target.node, ask, JSON.stringify(about)]},
	});
	const rights = ['root: find', 'root: readlink', `${target.owner}: cat`, `${target.owner}: test`];
	const ofPm2 = target.pm2User === undefined ? [] : ['root: cat', `${target.pm2User}: env`];
	return {...command, sudo: [...(command.sudo ?? []), ...rights, ...ofPm2]};
};

const listIn = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
	Array.isArray(value) ? value.map(asObject).filter(one => one !== undefined) : [];

const countIn = (value: unknown): number => (typeof value === 'number' && Number.isSafeInteger(value) ? value : 0);

/** What the host's Node printed, part by part: what is missing or of another kind is empty. Undefined for no object. */
const frontendIn = (line: string): FrontendFacts | undefined => {
	const said = objectIn(line);
	if (!said) return undefined;
	const text = textOrEmpty;
	const live = asObject(said['live']) ?? {};
	const {problem} = said;
	return {
		hasPm2: said['hasPm2'] === true,
		pm2: text(said['pm2']),
		pm2User: text(said['pm2User']),
		...(typeof problem === 'string' ? {problem} : {}),
		instances: listIn(said['instances']).map(one => ({
			name: text(one['name']),
			pid: countIn(one['pid']),
			id: countIn(one['id']),
			status: text(one['status']),
			mode: one['mode'] === 'cluster' ? 'cluster' : 'fork',
			restarts: countIn(one['restarts']),
			uptime: countIn(one['uptime']),
			cwd: text(one['cwd']),
			script: text(one['script']),
			args: text(one['args']),
			node: text(one['node']),
		})),
		otherNames: Array.isArray(said['otherNames']) ? said['otherNames'].map(text) : [],
		daemons: listIn(said['daemons']).map(one => ({
			pid: countIn(one['pid']),
			user: text(one['user']),
			home: text(one['home']),
			processes: countIn(one['processes']),
		})),
		owners: listIn(said['owners']).map(one => ({
			pid: countIn(one['pid']),
			user: text(one['user']),
			startedAt: text(one['startedAt']),
			cwd: text(one['cwd']),
			command: text(one['command']),
			...(typeof one['of'] === 'string' ? {of: one['of']} : {}),
		})),
		node: text(said['node']),
		live: {
			buildId: text(live['buildId']),
			lockSha256: text(live['lockSha256']),
			modules: live['modules'] === 'directory' || live['modules'] === 'link' ? live['modules'] : 'missing',
		},
	};
};

/**
 * Reads the answer of `askFrontendFacts`; `frontend` is undefined where the host's Node did not answer. Throws
 * DeployError `answer-unreadable` when it was cut.
 */
export const parseFrontendFacts = (
	text: string,
): HostFacts & {readonly frontend: FrontendFacts | undefined; readonly npm: string} => {
	const facts = parseHostFacts(text);
	return {
		...facts,
		npm: facts.answers['npm'] ?? '',
		frontend: frontendIn(facts.answers['frontend'] ?? ''),
	};
};
