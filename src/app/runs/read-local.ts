import {basename, dirname, join} from 'node:path';
import type {Actor} from '../../domain/build.ts';
import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import type {LocalPort, WorkTree} from '../../domain/ports.ts';
import type {AppServices} from '../app-services.ts';

/** What this machine has of what a deploy needs. */
export type LocalReading = {
	readonly sources: WorkTree | {readonly problem: string};
	readonly tools: {readonly names: readonly string[]; readonly missing: readonly string[]};
	/** The template of the environment's `.env`, and whether it is there. */
	readonly template: {readonly name: string; readonly isThere: boolean};
	readonly isDebug: boolean;
	/** Undefined when no environment names a key file: agent and ssh configuration are used. */
	readonly key: {readonly name: string; readonly mode: number | undefined} | undefined;
	readonly actor: Actor | undefined;
};

/** Programs the apps of an environment are worked on with. */
const toolsOf = ({apps: {backend, frontend}}: Environment): readonly string[] => [
	'git',
	...(backend ? [backend.php, backend.composer] : []),
	...(frontend ? ['node', 'npm'] : []),
];

/**
 * Reads what a deploy from here would use: sources and key as the environments with hosts name them, tools and
 * template of the local one. Connects to nothing. Undefined for an empty set.
 */
export const readLocal = async (
	services: Pick<AppServices, 'actorFor'>,
	local: LocalPort,
	environments: readonly Environment[],
): Promise<LocalReading | undefined> => {
	const home = environments.find(({tier}) => tier === 'local') ?? environments[0];
	if (!home) return undefined;
	const targets = environments.filter(({hosts}) => hosts.length > 0);
	const backend = [...targets, home].find(({apps}) => apps.backend)?.apps.backend;
	const [first] = targets;
	const keyFile = targets.map(target => primaryHost(target).identityFile).find(file => file !== undefined);
	const template = join(dirname(home.file), `.env.${home.name}`);
	const names = toolsOf(home);
	const [sources, missing, templateMode, keyMode, actor] = await Promise.all([
		backend ? local.workTree(backend.source) : {problem: 'no environment has a backend'},
		local.missingTools(names),
		local.fileMode(template),
		keyFile === undefined ? undefined : local.fileMode(keyFile),
		first ? services.actorFor(primaryHost(first)) : undefined,
	]);
	return {
		sources,
		tools: {names, missing},
		template: {name: basename(template), isThere: templateMode !== undefined},
		isDebug: home.debug,
		key: keyFile === undefined ? undefined : {name: basename(keyFile), mode: keyMode},
		actor,
	};
};
