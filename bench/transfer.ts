import {cp, mkdir} from 'node:fs/promises';
import {loadavg} from 'node:os';
import {join} from 'node:path';
import type {RealHost} from '../__tests__/support/real-host/start-real-host.ts';
import {renderCommand} from '../src/commands/shell.ts';
import {loadEnvironments} from '../src/config/environments/load-environments.ts';
import type {Environment, LaravelTarget} from '../src/domain/environments/environment.ts';
import {
	renderManifest,
	type Action,
	type Pipeline,
	type RunRecord,
	type Transfer,
} from '../src/domain/runs/pipeline.ts';
import type {BuildPort, Session, SourceTree} from '../src/domain/ports.ts';
import {deployBackend} from '../src/recipes/laravel/deploy-backend.ts';
import {planBackendDeploy} from '../src/recipes/laravel/plan.ts';
import {notFromSource} from '../src/domain/environments/excludes.ts';
import type {RunContext} from '../src/runner/run-context.ts';
import {runTransfer} from '../src/runner/actions/run-transfer.ts';
import {createGitSource} from '../src/services/local/source/git-source.ts';
import {createSessionManager} from '../src/services/ssh/session-manager.ts';
import {systemClock} from '../src/services/system-clock.ts';
import {interleave, rowsOf, type Row, type Way} from './compare.ts';
import {openOpenSsh, start, type OpenSsh} from './openssh.ts';
import type {Project, Version} from './project.ts';
import {startSlowLink} from './slow-link.ts';

const site = '/var/www/bench';
const record: RunRecord = {
	version: 1,
	run: '20260209T043000Z-backend-be9c',
	kind: 'deploy',
	app: 'backend',
	environment: 'preprod',
	startedAt: '2026-02-09T04:30:00.000Z',
	commit: '',
	digest: '',
	actor: {name: 'Asha', machine: 'bench'},
};
const source = createGitSource();

/** The project's own environment, with the app at a place where nothing but files lives. */
const environmentOf = async ({directory}: Project): Promise<Environment & {readonly target: LaravelTarget}> => {
	const {environments} = await loadEnvironments(directory, {home: directory});
	const environment = environments.find(({name}) => name === 'preprod');
	if (!environment?.apps.backend) throw new TypeError('no backend in preprod');
	const target = {...environment.apps.backend, path: `${site}/app`};
	return {...environment, apps: {backend: target}, target};
};

const readSources = ({backend, commits}: Project, version: Version, target: LaravelTarget): Promise<SourceTree> =>
	source.read({directory: backend, commit: commits[version], excludes: notFromSource(target)});

const noBuilds: BuildPort = {
	build: () => Promise.reject(new TypeError('a transfer of sources builds nothing')),
	find: async () => undefined,
	tar: () => {
		throw new TypeError('a transfer of sources builds nothing');
	},
};

/** What a transfer sees of a run: session, sources, and words for errors. */
const contextOf = (session: Session, pipeline: Pipeline): RunContext => ({
	session,
	source,
	builds: noBuilds,
	hooks: {
		whyNot: async () => undefined,
		run: () => Promise.reject(new TypeError('a transfer runs no hook')),
	},
	pipeline,
	probe: {get: () => Promise.reject(new TypeError('a transfer probes nothing'))},
	clock: systemClock,
	journal: {
		directory: '',
		logPath: '',
		lost: undefined,
		append: () => {},
		mirror: () => {
			throw new TypeError('a transfer has no jobs');
		},
		close: () => {},
	},
	patienceMs: 0,
	attempt: 1,
	step: 'upload-files',
	signal: new AbortController().signal,
	emit: () => {},
	persist: attempt => attempt(),
});

const actionOf = <Kind extends Action['kind']>(
	{steps}: Pipeline,
	kind: Kind,
	id: string,
): Extract<Action, {readonly kind: Kind}> => {
	const isIt = (action: Action): action is Extract<Action, {readonly kind: Kind}> =>
		action.kind === kind && action.id === id;
	const found = steps.flatMap(({actions}) => actions).find(isIt);
	if (!found) throw new TypeError(`no ${kind} ${id}`);
	return found;
};

type Setting = {
	readonly host: RealHost;
	readonly session: Session;
	readonly project: Project;
	readonly environment: Environment & {readonly target: LaravelTarget};
	/** What the host would say of live. */
	readonly known: Transfer['known'];
};

/** Runs as root in the host, beside the clock. Values go in as parameters. */
const onHost = async (host: RealHost, script: string, ...args: string[]): Promise<void> => {
	const {code, stderr} = await host.exec(['sh', '-euc', script, 'sh', ...args]);
	if (code !== 0) throw new Error(stderr);
};

/** The transfer out of the pipeline of a deploy, from reading the sources to the proof, and each of its parts. */
const cockpitWay = ({host, session, project, environment, known}: Setting, version: Version): Way => ({
	name: 'cockpit',
	prepare: () => onHost(host, 'rm -rf -- "$1"/.app/releases/*Z-*', site),
	run: async () => {
		const at = [performance.now()];
		const lap = (): void => void at.push(performance.now());
		const to = await readSources(project, version, environment.target);
		lap();
		const pipeline = deployBackend(
			planBackendDeploy({record, environment, source: to, uncommitted: [], canAsk: false}),
		);
		const context = contextOf(session, pipeline);
		for (const command of actionOf(pipeline, 'job', 'copy-live').commands) {
			const {code, stderr} = await session.exec(renderCommand(command), {lane: 'run'});
			if (code !== 0) throw new Error(stderr);
		}
		lap();
		for (const id of ['upload', 'prove']) {
			await runTransfer(context, {...actionOf(pipeline, 'transfer', id).transfer, known}, {});
			lap();
		}
		const [begun = NaN, read = NaN, copied = NaN, sent = NaN, proven = NaN] = at;
		return {
			'cockpit, send': sent - copied,
			'cockpit, copy and send': sent - read,
			'cockpit, send and prove': proven - copied,
			'cockpit, read, copy, send, prove': proven - begun,
			'part: read sources': read - begun,
			'part: copy live': copied - read,
			'part: prove': proven - sent,
		};
	},
});

type RsyncOptions = {readonly to: string; readonly isShared: boolean; readonly checksum: boolean};

const rsync = async (
	{fresh, shared, destination}: OpenSsh,
	from: string,
	{to, isShared, checksum}: RsyncOptions,
): Promise<void> => {
	const options = ['-a', '--delete', '--no-owner', '--no-group', ...(checksum ? ['--checksum'] : [])];
	const shell = ['-e', (isShared ? shared : fresh).join(' '), '--rsync-path=sudo -n -u www-data rsync'];
	await start(['rsync', ...options, ...shell, `${from}/`, `${destination}:${to}/`]);
};

/** Targets go from one version to the other and back, which is the same amount of change. */
const rsyncWays = (openssh: OpenSsh, {trees}: Project, isChanged: boolean): readonly Way[] =>
	[true, false].flatMap(isShared =>
		[false, true].map((checksum): Way => {
			const to = `${site}/rsync-${isShared ? 'shared' : 'fresh'}${checksum ? '-c' : ''}`;
			let at: Version = 'v1';
			return {
				name: `rsync${checksum ? ' -c' : ''}, ${isShared ? 'ControlMaster' : 'new connection'}`,
				run: async () => {
					at = isChanged && at === 'v1' ? 'v2' : 'v1';
					await rsync(openssh, trees[at], {to, isShared, checksum});
				},
			};
		}),
	);

const setUp = `
cd -- "$1"
rm -rf rsync-*
for copy in shared shared-c fresh fresh-c; do cp -a .app/releases/v1 "rsync-$copy"; done
ln -sfn .app/releases/v1 app
chown -R www-data: .
sudo -u ubuntu mkdir -p "/home/ubuntu/$2"
`;

/**
 * The tree from v1 to v1 and from v1 to v2, beside rsync into a directory that holds v1: same host, same rights.
 * rsync compares size and mtime, or with -c contents; the product compares contents.
 */
export const measureTransfer = async (
	host: RealHost,
	project: Project,
	{directory, rttMs, rounds}: {readonly directory: string; readonly rttMs: number; readonly rounds: number},
): Promise<Row[]> => {
	await using stack = new AsyncDisposableStack();
	const link = stack.adopt(await startSlowLink({host: host.ip, port: host.sshPort}), link => link.stop());
	await link.setRtt(rttMs);
	const home = join(directory, `home-${rttMs}`);
	await mkdir(home);
	const environmentVariables = {HOME: home, PATH: process.env['PATH']};
	const manager = stack.adopt(createSessionManager({environment: environmentVariables}), manager => manager.close());
	const {keyFile: identityFile, hostPublicKey: hostKey} = host;
	const login = {address: '127.0.0.1', port: link.port, user: 'ubuntu', identityFile};
	const session = manager.session({name: 'bench', ...login, hostKeys: [hostKey]});
	await session.connect();
	const openssh = stack.adopt(await openOpenSsh(home, {...login, hostKey}), openssh => openssh.close());
	const environment = await environmentOf(project);
	const from = await readSources(project, 'v1', environment.target);
	const known = () => ({manifest: renderManifest(from.entries), hasZstd: true});
	const setting = {host, session, project, environment, known};
	await cp(project.trees.v1, `${host.root}${site}/.app/releases/v1`, {recursive: true, preserveTimestamps: true});

	const rows: Row[] = [];
	const cases = [
		{name: 'unchanged', version: 'v1'},
		{name: '5 % changed', version: 'v2'},
	] as const;
	for (const {name, version} of cases) {
		await onHost(host, setUp, site, `${environment.stateDirectory}/jobs/${record.run}`);
		const ways = [cockpitWay(setting, version), ...rsyncWays(openssh, project, version === 'v2')];
		const samples = await interleave(ways, rounds);
		const load = loadavg()[0] ?? NaN;
		rows.push(
			...rowsOf(samples, {section: 'transfer', case: name, rttMs, reference: 'rsync, ControlMaster', load}),
		);
	}
	await onHost(host, 'rm -rf -- "$1"', site);
	return rows;
};
