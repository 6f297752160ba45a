import {existsSync} from 'node:fs';
import {chmod, readFile, readdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {SandboxRecord} from '../sandbox-record.ts';
import {type ByTier, tiers} from '../tiers.ts';
import {writeFiles} from './create-project.ts';
import {type EnvironmentFacts, configurationFiles, workingValues} from './environment-files.ts';
import {commitPaths} from './git.ts';
import {shippedFiles} from './shipped-files.ts';

type Ports = SandboxRecord['ports'];

/** Puts the new ports in the place of the old in what is there, which its reader may have edited meanwhile. */
const movePorts = async (directory: string, before: Ports, now: Ports): Promise<void> => {
	const moves = new Map(
		tiers.flatMap(tier =>
			(['ssh', 'http', 'next'] as const).map(
				kind => [String(before[tier][kind]), String(now[tier][kind])] as const,
			),
		),
	);
	for (const name of await readdir(directory)) {
		const file = join(directory, name);
		const text = await readFile(file, 'utf8');
		await writeFile(
			file,
			text.replaceAll(/\b\d+\b/g, number => moves.get(number) ?? number),
		);
	}
};

/** The configuration, and the values a developer has in the working copy, which git leaves out. */
const firstFiles = async (project: string, facts: ByTier<EnvironmentFacts>): Promise<void> => {
	const values = workingValues();
	await writeFiles(project, {...configurationFiles(facts), ...values, ...(await shippedFiles())});
	await Promise.all(Object.keys(values).map(path => chmod(join(project, path), 0o600)));
};

/**
 * Writes the environments of the first start into the project, with the checklists and holidays the product ships, or
 * the ports of a later one, and commits what changed, so that the tree stays clean. Ports that stayed leave everything,
 * and the commit in use, as it is.
 */
export const writeConfiguration = async (options: {
	readonly project: string;
	readonly facts: ByTier<EnvironmentFacts>;
	readonly before: Ports | undefined;
	readonly now: Ports;
}): Promise<void> => {
	const {project, facts, before, now} = options;
	const environments = join(project, 'environments');
	if (!before || !existsSync(join(environments, 'production.yaml'))) await firstFiles(project, facts);
	else if (JSON.stringify(before) !== JSON.stringify(now)) await movePorts(environments, before, now);
	else return;
	await commitPaths(project, ['environments', 'checklists'], {
		who: {name: 'Asha', email: 'asha@qsights.test'},
		date: '2026-02-06T18:00:00+05:30',
		subject: before ? 'Follow the hosts to their new ports' : 'Describe the environments',
	});
};
