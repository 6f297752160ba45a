import {quote} from '../../commands/shell.ts';
import type {parseFrontendFacts, FrontendFacts, PortOwner} from '../../commands/nextjs/frontend-facts.ts';
import type {Refusal} from '../../domain/runs/pipeline.ts';
import {clocksCheck as clocks, valuesCheck as values} from '../deploy/expected-values.ts';
import {firstRefusal, hostChecks, judgeBy, refuseMissing, type HostCheck} from '../deploy/host-checks.ts';
import type {FrontendPlan} from './plan.ts';

export type FrontendHostFacts = ReturnType<typeof parseFrontendFacts>;

type Check = HostCheck<FrontendHostFacts, FrontendPlan>;

/** Time an app has to begin to listen before silence on its port means a wrong port. */
const settledMs = 60_000;

/** Packages of live are kept when its lockfile is the same, or when there is none to install from. */
const needsNpm = ({frontend, layout}: FrontendHostFacts, {source}: FrontendPlan): boolean => {
	const lock = source.entries.find(({path}) => path === 'package-lock.json' || path === 'npm-shrinkwrap.json');
	if (!lock || layout !== 'releases' || !frontend) return lock !== undefined;
	return frontend.live.modules === 'missing' || frontend.live.lockSha256 !== lock.sha256;
};

const refuseTools: Check['refuse'] = (facts, plan) => {
	const {missingTools, npm, frontend} = facts;
	const {target} = plan;
	return refuseMissing([
		...missingTools,
		...(frontend === undefined ? [target.node] : []),
		...(npm === '' && needsNpm(facts, plan) ? [target.npm] : []),
		...(frontend && !frontend.hasPm2 ? [target.pm2] : []),
	]);
};

/** Commands of PM2 as its user types them on the host. */
const onHost = ({target}: FrontendPlan, ...commands: readonly (readonly string[])[]): string => {
	const before = target.pm2User === undefined ? [] : ['sudo', '-H', '-u', target.pm2User];
	return commands.map(words => [...before, target.pm2, ...words].map(quote).join(' ')).join(' && ');
};

const startOnce = (plan: FrontendPlan, name: string): readonly (readonly string[])[] => [
	['start', plan.target.npm, '--name', name, '--cwd', plan.layout.live, '--', 'start'],
	['save'],
];

const refusePm2: Check['refuse'] = ({frontend}, plan) => {
	if (!frontend) return undefined;
	const {pm2Names} = plan.target;
	if (frontend.problem !== undefined)
		return {why: frontend.problem, next: `Mend it on the host until this works: ${onHost(plan, ['list'])}`};
	const [first] = frontend.instances;
	if (!first) {
		const others = frontend.daemons.map(
			({user, home, processes}) => `${user} has one too (${home}, ${processes} processes)`,
		);
		return {
			why: [
				`PM2 of ${frontend.pm2User} has no process called ${pm2Names.join(' or ')}`,
				...(frontend.otherNames.length > 0 ? [`it has ${frontend.otherNames.join(', ')}`] : []),
				...others,
			].join('; '),
			next: [
				'Start the app once by hand, with the live path as its directory, so that it follows each swap:',
				onHost(plan, ...startOnce(plan, pm2Names[0])),
				...(others.length > 0 ? ['Or set pm2User in the environment file to whom it belongs.'] : []),
			].join('\n'),
		};
	}
	return twoNames(frontend, plan) ?? misplaced(frontend, plan);
};

const twoNames = ({instances}: FrontendFacts, plan: FrontendPlan): Refusal | undefined => {
	const online = [...new Set(instances.filter(({status}) => status === 'online').map(({name}) => name))];
	const [, second] = online;
	return second === undefined
		? undefined
		: {
				why: `both ${online.join(' and ')} are online, for one port`,
				next: `End the one that is not used any more, e.g.: ${onHost(plan, ['delete', second], ['save'])}`,
			};
};

const plain = (path: string): string => path.replace(/\/+$/, '');

/** PM2 keeps the directory it was told. One that is a release, and no link, would be started again for ever. */
const misplaced = ({instances}: FrontendFacts, plan: FrontendPlan): Refusal | undefined => {
	const {live, releases} = plan.layout;
	const found = instances.find(({cwd, script}) => plain(cwd) !== live || script.startsWith(`${releases}/`));
	if (!found) return undefined;
	const {name, cwd, script} = found;
	return {
		code: 'blocked',
		why:
			plain(cwd) === live
				? `PM2 starts ${name} from ${script}, inside one release: it would never run another`
				: `PM2 starts ${name} in ${cwd} instead of ${live}: it would not follow the swap`,
		next: `Start it anew with the live path: ${onHost(plan, ['delete', name], ...startOnce(plan, name))}`,
	};
};

const inWords = ({pid, command, user, startedAt, cwd}: PortOwner): string =>
	`process ${pid} (${command} of ${user}, started ${startedAt}, in ${cwd})`;

/** An old process that answers in place of the new one would make every deploy look as if it had no effect. */
const refusePort: Check['refuse'] = ({frontend, time}, {target}) => {
	if (!frontend || frontend.instances.length === 0) return undefined;
	const strangers = frontend.owners.filter(owner => owner.of === undefined);
	if (strangers.length > 0) {
		const it = strangers.length === 1 ? 'it' : 'them';
		return {
			why: `port ${target.port} is held by ${strangers.map(inWords).join(', ')}, which PM2 does not know`,
			next: `Look at ${it}, then end ${it} on the host with: kill ${strangers.map(({pid}) => pid).join(' ')}`,
		};
	}
	const silent = frontend.instances.find(
		({status, uptime}) => status === 'online' && time * 1000 - uptime > settledMs,
	);
	return silent && frontend.owners.length === 0
		? {
				why: `${silent.name} is online, but nothing listens on port ${target.port}`,
				next: 'Set apps.frontend.port in the environment file to the port the app listens on.',
			}
		: undefined;
};

const refusePackages: Check['refuse'] = ({frontend, layout}, {source, target}) => {
	const hasLock = source.entries.some(({path}) => path === 'package-lock.json' || path === 'npm-shrinkwrap.json');
	return hasLock || layout !== 'releases' || frontend?.live.modules !== 'missing'
		? undefined
		: {
				why: `neither package-lock.json in ${target.source} nor node_modules on the host: nothing to run with`,
				next: 'Commit package-lock.json: packages are then installed on the host before the swap.',
			};
};

const tools: Check = {
	refuse: refuseTools,
	says: ({frontend, npm}) => `node ${frontend?.node.replace(/^v/, '') ?? 'not known'}, npm ${npm}`,
};

const pm2: Check = {
	refuse: refusePm2,
	says: ({frontend}) => {
		const [app] = frontend?.instances ?? [];
		return app ? `${app.name} ${app.status}, ${app.mode} mode` : 'not known';
	},
};

const port: Check = {refuse: refusePort, says: (_, {target}) => `${target.port} held by the app alone`};

const packages: Check = {
	refuse: refusePackages,
	says: ({frontend}) =>
		frontend?.live.modules === 'missing'
			? 'installed from the lockfile'
			: 'there; installed anew when the lockfile changes',
};

/** In the order in which they are worth mending. */
const {lock, layout, sudo, jobs, places, belongings, space} = hostChecks;
const checks = {lock, layout, tools, sudo, jobs, places, belongings, pm2, port, packages, values, space, clocks};

/** Every check with its verdict, for people who want to see them all before they start. */
export const judgeFrontendHost = (plan: FrontendPlan, facts: FrontendHostFacts) => judgeBy(checks, facts, plan);

/** The first thing on the host that does not allow a deploy. */
export const checkFrontendHost = (plan: FrontendPlan, facts: FrontendHostFacts): Refusal | undefined =>
	firstRefusal(judgeFrontendHost(plan, facts));
