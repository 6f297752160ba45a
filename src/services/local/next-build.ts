import {createHash} from 'node:crypto';
import {mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {shortCommit} from '../../domain/build.ts';
import {DeployError} from '../../domain/errors.ts';
import type {BuildPort, BuildRequest, BuiltTree} from '../../domain/ports.ts';
import {withLock} from './build-lock.ts';
import {findForeign} from './find-foreign.ts';
import {git} from './git.ts';
import {buildTar, listBuild} from './list-build.ts';
import {provideModules} from './node-modules.ts';
import {locate} from './repository.ts';
import {runTool, type ToolResult} from './run-tool.ts';
import {writeTree} from './write-tree.ts';

const keptBuilds = 5;
const shownLines = 12;

type Settings = {
	/** Absolute directory where builds and installed packages are kept. */
	readonly directory: string;
	/** Environment of this process. */
	readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Where one build is made and kept. */
type Places = {
	/** Identity of all the app's files: id of its tree in git. */
	readonly source: string;
	/** The same for all builds of an app: paths that Next bakes stay equal, and so do caches. */
	readonly work: string;
	readonly cache: string;
	readonly lock: string;
	readonly modules: string;
	/** Finished builds of this app. */
	readonly builds: string;
	readonly finished: string;
};

const digestOf = (...parts: readonly string[]): string => {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
	return hash.digest('hex');
};

const placesOf = async ({directory}: Settings, request: BuildRequest): Promise<Places> => {
	const {prefix} = await locate(request.directory);
	const tree = `${request.commit}:${prefix.replace(/\/$/, '')}`;
	const source = (await git(request.directory, ['rev-parse', '--verify', tree])).toString().trim();
	const beside = join(request.directory, 'node_modules', '.package-lock.json');
	const installed = await readFile(beside, 'utf8').catch(() => '');
	const hasLockfile = (await git(request.directory, ['ls-tree', '--name-only', '-z', '--full-tree', tree]))
		.toString()
		.split('\0')
		.some(name => name === 'package-lock.json' || name === 'npm-shrinkwrap.json');
	const values = Object.entries(request.environment).toSorted(([a], [b]) => (a < b ? -1 : 1));
	const key = digestOf(source, request.digest, JSON.stringify(values), hasLockfile ? '' : installed);
	const app = `${request.app}-${digestOf(request.directory).slice(0, 16)}`;
	return {
		source,
		work: join(directory, 'work', app),
		cache: join(directory, 'cache', app),
		lock: join(directory, 'work', `${app}.lock`),
		modules: join(directory, 'modules'),
		builds: join(directory, 'builds', app),
		finished: join(directory, 'builds', app, key),
	};
};

/** What of this process a build may see: how to find and reach things, never what is compiled in. */
const passedOn =
	/^(?:PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|LANG|LC_\w+|TZ|npm_config_\w+|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|(?:https?|no|all|ftp)_proxy)$/i;

/** Set by an npm that started this process, for its own project; or what would leave out what a build needs. */
const ofAnotherProject =
	/^npm_config_(?:local_prefix|prefix|global|omit|include|only|production|dry_run|package_lock\w*)$/i;

const toolEnvironment = ({environment}: Settings): Record<string, string> => ({
	...Object.fromEntries(
		Object.entries(environment).flatMap(([name, value]) =>
			value !== undefined && passedOn.test(name) && !ofAnotherProject.test(name) ? [[name, value]] : [],
		),
	),
	NEXT_TELEMETRY_DISABLED: '1',
	NO_COLOR: '1',
});

const failed = (
	{app, commit}: BuildRequest,
	facts: {readonly why: string; readonly next: string; readonly reason?: string; readonly cause?: unknown},
): DeployError =>
	new DeployError({
		code: 'step-failed',
		what: `DEPLOYMENT BLOCKED: ${facts.reason ?? `the build of ${app} ${shortCommit(commit)} failed`}`,
		why: facts.why,
		now: 'Nothing was changed on any host.',
		next: facts.next,
		cause: facts.cause,
	});

/* Where in Node or in a package something was thrown: it would push the reason itself out of what is shown. */
const isForeignFrame = (line: string): boolean => /^\s+at (?:.*\()?(?:node:|\S*\/node_modules\/)/.test(line);

/** The tool's own last words; what npm adds about itself, and stacks, only when there is nothing else. */
const lastWords = ({lastLines}: ToolResult): readonly string[] => {
	const lines = lastLines.filter(line => line.trim() !== '');
	const useful = lines.filter(line => !/^(?:npm (?:error|ERR!|notice)|> )/.test(line) && !isForeignFrame(line));
	return (useful.length > 0 ? useful : lines).slice(-shownLines);
};

const succeed = (request: BuildRequest, command: string, result: ToolResult): void => {
	if (result.code === 0) return;
	const how = result.code === undefined ? 'did not run to its end' : `exited with ${result.code}`;
	throw failed(request, {
		why: [`${command} ${how}:`, ...lastWords(result)].join('\n'),
		next: `Mend it (the same here: ${command} in ${request.directory}), commit, then start again.`,
	});
};

const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
const isDirectory = (path: string): Promise<boolean> =>
	stat(path).then(
		stats => stats.isDirectory(),
		() => false,
	);

/** What the output says it is. Throws DeployError `step-failed` when it is no build that can be served. */
const identify = async (
	directory: string,
	request: BuildRequest,
): Promise<Pick<BuiltTree, 'buildId' | 'deploymentId'>> => {
	const buildId = (await textOf(join(directory, '.next/BUILD_ID'))).trim();
	if (buildId === '') {
		throw failed(request, {
			reason: 'BUILD_ID missing',
			why: 'npm run build ended well, but .next/BUILD_ID is missing or empty',
			next: 'Let the script "build" of package.json run "next build", with the default distDir.',
		});
	}
	if (buildId.includes('/') || !(await isDirectory(join(directory, '.next/static', buildId)))) {
		throw failed(request, {
			reason: 'the build is incomplete',
			why: `.next/BUILD_ID says ${buildId}, but .next/static/${buildId} is missing: what is served could not be proven`,
			next: 'Build again; when it stays so, look at what the script "build" does after "next build".',
		});
	}
	const {config} = parse(await textOf(join(directory, '.next/required-server-files.json')));
	const deploymentId = config?.deploymentId;
	return {buildId, ...(typeof deploymentId === 'string' && deploymentId !== '' ? {deploymentId} : {})};
};

const parse = (text: string): {readonly config?: {readonly deploymentId?: unknown}} => {
	try {
		return JSON.parse(text) as {config?: {deploymentId?: unknown}};
	} catch {
		return {};
	}
};

/** Next's cache outlives the work tree, also of a build that failed or whose process was killed. */
const rescueCache = async ({work, cache}: Places): Promise<void> => {
	if (!(await isDirectory(join(work, '.next/cache')))) return;
	await rm(cache, {recursive: true, force: true});
	await mkdir(join(cache, '..'), {recursive: true});
	await rename(join(work, '.next/cache'), cache);
};

const lendCache = async ({work, cache}: Places): Promise<void> => {
	if (!(await isDirectory(cache))) return;
	await mkdir(join(work, '.next'), {recursive: true});
	await rename(cache, join(work, '.next/cache'));
};

/** Removes the oldest, those not used for longest, beyond `keep`. */
const prune = async (directory: string, keep: number): Promise<void> => {
	const names = await readdir(directory).catch(() => []);
	const used = await Promise.all(
		names.map(async name => ({name, at: (await stat(join(directory, name)).catch(() => undefined))?.mtimeMs ?? 0})),
	);
	const old = used.toSorted((a, b) => b.at - a.at).slice(keep);
	await Promise.all(old.map(({name}) => rm(join(directory, name), {recursive: true, force: true})));
};

const install = async (settings: Settings, request: BuildRequest, {work}: Places, options: Options): Promise<void> => {
	const command = ['npm', 'ci', '--include=dev', '--no-audit', '--no-fund'] as const;
	options.onLines([command.join(' ')]);
	const result = await runTool(command, {cwd: work, environment: toolEnvironment(settings), ...options});
	succeed(request, command.join(' '), result);
};

type Options = Parameters<BuildPort['build']>[1];

const make = async (settings: Settings, request: BuildRequest, places: Places, options: Options): Promise<void> => {
	const {work, finished} = places;
	const {onLines} = options;
	await rescueCache(places);
	await rm(work, {recursive: true, force: true});
	await writeTree({directory: request.directory, commit: request.commit, to: work});
	const modules = await provideModules({
		tree: work,
		source: places.source,
		kept: places.modules,
		beside: join(request.directory, 'node_modules'),
		install: () => install(settings, request, places, options),
	});
	if (modules === 'missing') {
		throw failed(request, {
			reason: 'nothing to install packages from',
			why: `neither package-lock.json is tracked nor node_modules is there in ${request.directory}`,
			next: 'Run npm install there and commit package-lock.json.',
		});
	}
	if (modules === 'beside')
		onLines(['no package-lock.json is tracked: builds with the node_modules beside the sources']);

	await lendCache(places);
	const names = Object.keys(request.environment).toSorted().join(', ');
	onLines([`npm run build, with ${names === '' ? 'no values of its own' : names}`]);
	try {
		const environment = {...toolEnvironment(settings), ...request.environment};
		succeed(request, 'npm run build', await runTool(['npm', 'run', 'build'], {cwd: work, environment, ...options}));
	} finally {
		await rescueCache(places);
	}
	const identity = await identify(work, request);
	const foreign = await findForeign(work, request.foreign);
	if (foreign) {
		throw failed(request, {
			reason: `the build speaks to ${foreign.environment}`,
			why: `${foreign.file} holds ${foreign.url}, which belongs to ${foreign.environment}`,
			next: 'Read the address from NEXT_PUBLIC_* instead of writing it into the sources or a tracked .env file.',
		});
	}
	await keep(request, places, identity);
	await rm(finished, {recursive: true, force: true});
	await rename(`${finished}.part`, finished);
};

/** Sources as committed and the output, nothing else: a build may have changed the first, and left more behind. */
const keep = async (
	{directory, commit}: BuildRequest,
	{work, finished}: Places,
	identity: Pick<BuiltTree, 'buildId' | 'deploymentId'>,
): Promise<void> => {
	const part = `${finished}.part`;
	await rm(part, {recursive: true, force: true});
	await writeTree({directory, commit, to: join(part, 'tree')});
	await rename(join(work, '.next'), join(part, 'tree', '.next'));
	await writeFile(join(part, 'complete'), `${JSON.stringify({...identity, commit})}\n`);
	await rm(work, {recursive: true, force: true});
};

const findFinished = async (
	{finished}: Places,
	{excludes}: BuildRequest,
	isReused: boolean,
): Promise<BuiltTree | undefined> => {
	const marker = await textOf(join(finished, 'complete'));
	if (marker === '') return undefined;
	const {buildId, deploymentId} = JSON.parse(marker) as Pick<BuiltTree, 'buildId' | 'deploymentId'>;
	const now = new Date();
	await utimes(finished, now, now);
	const directory = join(finished, 'tree');
	return {
		directory,
		buildId,
		...(deploymentId === undefined ? {} : {deploymentId}),
		isReused,
		entries: await listBuild(directory, excludes),
	};
};

/** Builds Next.js apps with npm, each in a clean work tree of its commit, and keeps what was built. */
export const createNextBuild = (settings: Settings): BuildPort => ({
	build: async (request, options) => {
		const places = await placesOf(settings, request);
		const {onLines, signal} = options;
		const onWait = (pid: number): void =>
			onLines([`another build of this app is under way on this machine (process ${pid}): waits for it`]);
		return withLock(places.lock, {onWait, signal}, async () => {
			const known = await findFinished(places, request, true);
			if (known) {
				onLines([`built before: ${known.buildId}`]);
				return known;
			}
			await make(settings, request, places, options);
			await prune(places.builds, keptBuilds);
			await prune(places.modules, keptBuilds);
			const made = await findFinished(places, request, false);
			if (!made) throw new Error(`the build in ${places.finished} is gone`);
			return made;
		});
	},
	find: async request => findFinished(await placesOf(settings, request), request, true),
	tar: buildTar,
});
