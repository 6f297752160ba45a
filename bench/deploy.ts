import {execa} from 'execa';
import {mkdir, writeFile} from 'node:fs/promises';
import {loadavg} from 'node:os';
import {join} from 'node:path';
import {runCockpit, type CockpitEvent} from '../__tests__/support/cockpit.ts';
import type {RealHost} from '../__tests__/support/real-host/start-real-host.ts';
import {writeConfig} from '../__tests__/support/real-host/write-config.ts';
import {interleave, rowsOf, type Row, type Times, type Way} from './compare.ts';
import type {Project, Version} from './project.ts';
import type {SlowLink} from './slow-link.ts';

/** A host, and the slow way to it. */
export type Reached = {readonly host: RealHost; readonly link: SlowLink; readonly knownHosts: string};

export const reach = async (directory: string, host: RealHost, link: SlowLink): Promise<Reached> => {
	const knownHosts = join(directory, `known_hosts-${host.name}`);
	await writeFile(knownHosts, `[127.0.0.1]:${link.port} ${host.hostPublicKey}\n`);
	return {host, link, knownHosts};
};

/** Writes the configuration that sends the product through the link. */
export const configure = (directory: string, {host, link, knownHosts}: Reached): Promise<void> =>
	writeConfig(directory, {...host, ip: '127.0.0.1', sshPort: link.port, knownHosts});

const numberOf = (event: CockpitEvent | undefined, name: string): number => Number(event?.[name]);

/** What a deploy spent where. Steps overlap, so they do not add up; the rest of the command is before and after. */
const takeApart = (events: readonly CockpitEvent[], begun: number, endedAt: number): Times => {
	const startedAt = numberOf(
		events.find(({type}) => type === 'run.started'),
		'at',
	);
	const finishedAt = numberOf(
		events.find(({type}) => type === 'run.finished'),
		'at',
	);
	const steps = events.filter(({type}) => type === 'step.finished');
	return {
		cockpit: endedAt - begun,
		'part: until the run starts': startedAt - begun,
		...Object.fromEntries(steps.map(step => [`step: ${String(step['step'])}`, numberOf(step, 'durationMs')])),
		'part: after the run': endedAt - finishedAt,
	};
};

/** Runs the built product; every event of the run also goes to `onEvents`, for a closer look. */
export const cockpitDeploy = async (
	project: Project,
	home: string,
	verb: readonly string[],
): Promise<{readonly times: Times; readonly events: readonly CockpitEvent[]}> => {
	const begun = Date.now();
	const {code, stderr, stdout, events} = await runCockpit([...verb, '--env', 'preprod', '--json'], {
		config: project.directory,
		home,
	});
	const endedAt = Date.now();
	if (code !== 0) throw new Error(`cockpit ${verb.join(' ')} ended with ${code}\n${stderr}\n${stdout}`);
	return {times: takeApart(events, begun, endedAt), events};
};

const oldWay = async ({host, link, knownHosts}: Reached, project: Project): Promise<Times> => {
	const begun = performance.now();
	const {stdout} = await execa('bash', [join(import.meta.dirname, 'old-way.sh'), project.backend], {
		env: {PEM_KEY: host.keyFile, SERVER_IP: '127.0.0.1', SSH_PORT: String(link.port), KNOWN_HOSTS: knownHosts},
	});
	const steps = stdout.split('\n').map(line => line.split('\t'));
	return {
		'old scripts': performance.now() - begun,
		...Object.fromEntries(steps.map(([name, seconds]) => [`old step: ${name}`, Number(seconds) * 1000])),
	};
};

const deployArguments = ['deploy', 'backend', '--confirm', 'yes'];

/** Takes the new host over and brings v1 to both, once, outside the clock. */
export const prepareDeploys = async (hosts: Hosts, project: Project, home: string): Promise<void> => {
	await mkdir(home);
	await project.checkout('v1');
	await cockpitDeploy(project, home, ['adopt']);
	await cockpitDeploy(project, home, deployArguments);
	await oldWay(hosts.old, project);
};

/** One adopted host for the product, and one just like it for the scripts. */
export type Hosts = {readonly cockpit: Reached; readonly old: Reached};

const named = (prefix: string, times: Times): Times =>
	Object.fromEntries(Object.entries(times).map(([row, ms]) => [`${prefix}${row}`, ms]));

/** A whole deploy of the built product beside the scripts it replaces: the same tree, and the same tree again. */
export const measureDeploy = async (
	hosts: Hosts,
	project: Project,
	options: {readonly home: string; readonly rttMs: number; readonly rounds: number},
	onEvents: (facts: {
		readonly case: string;
		readonly rttMs: number;
		readonly events: readonly CockpitEvent[];
	}) => void,
): Promise<Row[]> => {
	const {home, rttMs, rounds} = options;
	for (const {link} of [hosts.cockpit, hosts.old]) await link.setRtt(rttMs);
	let at: Version = 'v1';
	const cockpit = async (name: string): Promise<Times> => {
		const {times, events} = await cockpitDeploy(project, home, deployArguments);
		onEvents({case: name, rttMs, events});
		return times;
	};
	// Changed, then unchanged, each by both: a round leaves both hosts at the other version.
	const round: Way = {
		name: 'round',
		prepare: async () => {
			at = at === 'v1' ? 'v2' : 'v1';
			await project.checkout(at);
		},
		run: async () => {
			let times: Times = {};
			for (const name of ['5 % changed', 'unchanged']) {
				const own = await cockpit(name);
				times = {...times, ...named(`${name}/`, {...own, ...(await oldWay(hosts.old, project))})};
			}
			return times;
		},
	};
	const samples = await interleave([round], rounds, 0);
	const load = loadavg()[0] ?? NaN;
	return ['unchanged', '5 % changed'].flatMap(name => {
		const own = [...samples].filter(([row]) => row.startsWith(`${name}/`));
		return rowsOf(new Map(own.map(([row, values]) => [row.slice(name.length + 1), values])), {
			section: 'deploy',
			case: name,
			rttMs,
			reference: 'old scripts',
			load,
		});
	});
};
