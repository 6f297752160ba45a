import {join} from 'node:path';
import {committedFiles, filesIn, type ConfigFiles} from './config/config-files.ts';
import {loadChecklists} from './config/checklists/load-checklists.ts';
import {loadEnvironments} from './config/environments/load-environments.ts';
import {inOwnWay} from './config/environments/personal.ts';
import {DeployError, misconfigured} from './domain/errors.ts';
import type {CountedPolicy, PolicyPort, PolicySet} from './domain/ports.ts';
import {
	differingFiles,
	isInHistory,
	isTemplate,
	outsideRepository,
	readCommittedPolicy,
	type CommittedPolicy,
} from './services/local/git/policy-files.ts';

type Options = {
	/** Home of whoever runs the cockpit. */
	readonly home: string;
	/** Directory in which one person's own values are kept; absent: none are. */
	readonly personal?: string;
};

/** An opened policy: what the cockpit shows and acts by, and how it is asked for again. */
export type OpenedPolicy = {
	readonly set: PolicySet;
	/** Files of the work tree that say something else. */
	readonly differs: readonly string[];
	readonly port: PolicyPort;
};

const signersFile = 'environments/allowed_signers';

/** What a commit holds of a configuration. A symlink would lead out of it. */
const filesOf = (directory: string, {commit, files}: CommittedPolicy): ConfigFiles => {
	// Of hooks, links are left out where they are run.
	const [link] = [...files].filter(
		([path, {mode}]) => !path.startsWith('hooks/') && (mode === '120000' || mode === '160000'),
	);
	if (link)
		throw misconfigured({
			what: `The configuration ${directory} can't be read from commit ${commit.slice(0, 7)}`,
			why: `${link[0]} is a ${link[1].mode === '120000' ? 'symlink' : 'submodule'}: what it leads to is not in the commit`,
			now: 'Nothing was started and no host was contacted.',
			next: 'Commit the file itself in its place.',
		});
	return committedFiles(new Map([...files].map(([path, {content}]) => [path, content])), {
		files: filesIn(directory),
		has: isTemplate,
	});
};

const load = async (directory: string, files: ConfigFiles, {home, personal}: Options): Promise<PolicySet> => {
	const [{environments}, checklists] = await Promise.all([
		loadEnvironments(directory, {home, files}),
		loadChecklists(directory, files),
	]);
	return {
		environments: personal === undefined ? environments : await inOwnWay(environments, {directory: personal, home}),
		checklists,
	};
};

/**
 * Opens the policy of a configuration directory: as committed, where it is, else as it lies there, which no gate to
 * production takes. Throws DeployError `configuration`. Source: design, "Gates to production".
 */
export const openPolicy = async (directory: string, options: Options): Promise<OpenedPolicy> => {
	let last:
		| {readonly committed: CommittedPolicy; readonly set: PolicySet; readonly elsewhere: readonly string[]}
		| undefined;
	const readCommitted = async (): Promise<
		(NonNullable<typeof last> & {readonly differs: readonly string[]}) | undefined
	> => {
		const committed = await readCommittedPolicy(directory, last?.committed);
		if (!committed) return undefined;
		if (committed !== last?.committed) {
			const set = await load(directory, filesOf(directory, committed), options);
			const sources = set.environments.flatMap(({apps}) =>
				[apps.backend, apps.frontend].flatMap(app => app?.source ?? []),
			);
			last = {committed, set, elsewhere: await outsideRepository(directory, [...new Set(sources)])};
		}
		return last && {...last, differs: await differingFiles(directory, committed)};
	};
	/** Rolling back needs no repository, and none that holds together. */
	const committed = await readCommitted().catch((error: unknown) => {
		if (error instanceof DeployError && error.code === 'blocked') return undefined;
		throw error;
	});
	const set = committed?.set ?? (await load(directory, filesIn(directory), options));
	return {
		set,
		differs: committed?.differs ?? [],
		port: {
			read: async (): Promise<CountedPolicy> => {
				const now = await readCommitted();
				if (!now) return {...set, allowedSigners: '', commit: undefined, differs: [], elsewhere: []};
				const signers = now.committed.files.get(signersFile)?.content;
				return {
					...now.set,
					allowedSigners: signers ? new TextDecoder().decode(signers) : '',
					commit: now.committed.commit,
					committedAt: now.committed.committedAt,
					differs: now.differs,
					elsewhere: now.elsewhere,
				};
			},
			hasCommit: commit => isInHistory(directory, commit),
		},
	};
};

/** Where one person's own values are. Source: XDG base directories. */
export const personalDirectory = (environment: NodeJS.ProcessEnv, home: string): string =>
	join(environment['XDG_CONFIG_HOME'] || join(home, '.config'), 'cockpit');
