import {mkdir, readdir, rename, rm, stat, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {shortCommit} from '../../../domain/build.ts';
import {stepFailed, type DeployError} from '../../../domain/errors.ts';
import {systemFault} from '../../../domain/system-faults.ts';
import type {BuildPort, BuildRequest} from '../../../domain/ports.ts';
import {whyNotWritten} from '../../state/not-written.ts';
import {withLock} from './build-lock.ts';
import {digestOfTexts} from '../digest-of.ts';
import {isDirectory, textOf} from '../files.ts';
import {findForeign} from './find-foreign.ts';
import {buildTar} from './build-tar.ts';
import {findKept, sealBuild, type BuildIdentity} from './kept-build.ts';
import {listAll} from './list-build.ts';
import {provideModules} from './node-modules.ts';
import {runTool, type ToolResult} from '../run-tool.ts';
import {sourceDigest} from '../source/source-digest.ts';
import {toolEnvironment} from './tool-environment.ts';
import type {TrackedFile} from '../git/tracked-files.ts';
import {trackedTree, writeTree} from '../source/write-tree.ts';

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
	/** The app's files in git, whose ids are proved. */
	readonly tracked: readonly TrackedFile[];
	/** Identity of all of them. */
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

const placesOf = async ({directory}: Settings, request: BuildRequest): Promise<Places> => {
	const tracked = await trackedTree(request.directory, request.commit);
	const source = digestOfTexts(...tracked.map(({path, mode, object}) => `${mode} ${object} ${path}`));
	const beside = join(request.directory, 'node_modules', '.package-lock.json');
	const installed = await textOf(beside);
	const hasLockfile = tracked.some(({path}) => path === 'package-lock.json' || path === 'npm-shrinkwrap.json');
	const values = Object.entries(request.environment).toSorted(([a], [b]) => (a < b ? -1 : 1));
	const key = digestOfTexts(source, request.digest, JSON.stringify(values), hasLockfile ? '' : installed);
	const app = `${request.app}-${digestOfTexts(request.directory).slice(0, 16)}`;
	return {
		tracked,
		source,
		work: join(directory, 'work', app),
		cache: join(directory, 'cache', app),
		lock: join(directory, 'work', `${app}.lock`),
		modules: join(directory, 'modules'),
		builds: join(directory, 'builds', app),
		finished: join(directory, 'builds', app, key),
	};
};

const failed = (
	{app, commit}: BuildRequest,
	facts: {readonly why: string; readonly next: string; readonly reason?: string; readonly cause?: unknown},
): DeployError =>
	stepFailed({
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

/** What the output says it is. Throws DeployError `step-failed` when it is no build that can be served. */
const identify = async (directory: string, request: BuildRequest): Promise<BuildIdentity> => {
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

/** What Next keeps for the next build of an app, and what tells whether it is still the same. */
const placesIn = (cache: string) => ({contents: join(cache, 'contents'), seal: join(cache, 'digest')});

/** Next's cache outlives the work tree, also of a build that failed. It goes into the next one, so it is sealed. */
const rescueCache = async ({work, cache}: Places): Promise<void> => {
	await rm(cache, {recursive: true, force: true});
	if (!(await isDirectory(join(work, '.next/cache')))) return;
	const {contents, seal} = placesIn(cache);
	await mkdir(cache, {recursive: true, mode: 0o700});
	await rename(join(work, '.next/cache'), contents);
	// What cannot be read whole is not lent.
	const digest = await listAll(contents).then(sourceDigest, () => undefined);
	if (digest !== undefined) await writeFile(seal, digest, {mode: 0o600});
};

const lendCache = async ({work, cache}: Places, {onLines}: Options): Promise<void> => {
	const {contents, seal} = placesIn(cache);
	if (!(await isDirectory(contents))) return;
	const digest = await listAll(contents).then(sourceDigest, () => undefined);
	if (digest === undefined || digest !== (await textOf(seal))) {
		onLines(["Next's cache is not what the build before left: thrown away"]);
		return;
	}
	await mkdir(join(work, '.next'), {recursive: true});
	await rename(contents, join(work, '.next/cache'));
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
	const result = await runTool(command, {
		cwd: work,
		environment: await toolEnvironment(settings.environment, work),
		...options,
	});
	succeed(request, command.join(' '), result);
};

type Options = Parameters<BuildPort['build']>[1];

const make = async (settings: Settings, request: BuildRequest, places: Places, options: Options): Promise<void> => {
	const {work, finished} = places;
	const {onLines} = options;
	await rm(work, {recursive: true, force: true});
	await writeTree(request.directory, places.tracked, work);
	const modules = await provideModules({
		tree: work,
		source: places.source,
		kept: places.modules,
		beside: join(request.directory, 'node_modules'),
		install: () => install(settings, request, places, options),
		onLines,
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

	await lendCache(places, options);
	const names = Object.keys(request.environment).toSorted().join(', ');
	onLines([`npm run build, with ${names === '' ? 'no values of its own' : names}`]);
	try {
		const environment = {...(await toolEnvironment(settings.environment, work)), ...request.environment};
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
	{work, finished, tracked}: Places,
	identity: BuildIdentity,
): Promise<void> => {
	const part = `${finished}.part`;
	await rm(part, {recursive: true, force: true});
	// What is below goes to hosts with its own modes; nobody else comes this far.
	await mkdir(part, {recursive: true, mode: 0o700});
	await writeTree(directory, tracked, join(part, 'tree'));
	await rename(join(work, '.next'), join(part, 'tree', '.next'));
	await sealBuild(part, {key: basename(finished), identity, commit});
	await rm(work, {recursive: true, force: true});
};

/** Builds Next.js apps with npm, each in a clean work tree of its commit, and keeps what was built. */
export const createNextBuild = (settings: Settings): BuildPort => ({
	build: async (request, options) => {
		const places = await placesOf(settings, request);
		const {onLines, signal} = options;
		const wanted = {...request, tracked: places.tracked};
		/** What this machine's disk can't take is no fault of the build. */
		const refused = (error: unknown): unknown =>
			systemFault(error) === undefined
				? error
				: failed(request, {
						reason: 'this machine can not build',
						why: whyNotWritten(error, settings.directory),
						next: 'Free room there, or name another place by XDG_STATE_HOME, then start again.',
						cause: error,
					});
		const onWait = (pid: number): void =>
			onLines([`another build of this app is under way on this machine (process ${pid}): waits for it`]);
		const provide = async () => {
			const known = await findKept(places.finished, wanted);
			if (known.state === 'good') {
				onLines([`built before: ${known.build.buildId}`]);
				return {...known.build, isReused: true};
			}
			if (known.state === 'altered') {
				onLines([`the build kept from before was altered (${known.why}): thrown away, built again`]);
				await rm(places.finished, {recursive: true, force: true});
			}
			await make(settings, request, places, options);
			await prune(places.builds, keptBuilds);
			await prune(places.modules, keptBuilds);
			const made = await findKept(places.finished, wanted);
			if (made.state !== 'good') throw new Error(`the build in ${places.finished} is gone`);
			return {...made.build, isReused: false};
		};
		try {
			return await withLock(places.lock, {onWait, signal}, provide);
		} catch (error) {
			throw refused(error);
		}
	},
	find: async request => {
		// One that was altered is left to `build`, which holds the lock, says so and makes it anew.
		const {finished, tracked} = await placesOf(settings, request);
		const kept = await findKept(finished, {...request, tracked});
		return kept.state === 'good' ? {...kept.build, isReused: true} : undefined;
	},
	tar: buildTar,
});
