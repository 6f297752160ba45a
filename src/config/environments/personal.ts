import * as z from 'zod';
import type {Environment, Host} from '../../domain/environments/environment.ts';
import {filesIn} from '../config-files.ts';
import {readJump, readLocalPath, readUser} from '../yaml/fields.ts';
import {configurationError} from '../problem.ts';
import {wholeFile} from '../read-text.ts';
import {readYaml} from '../yaml/read-yaml.ts';
import {strictObject, text} from '../yaml/schema-problems.ts';

/** How one person reaches a host. What decides which host it is, address and host keys, is the team's. */
type OwnWay = Partial<Pick<Host, 'user' | 'port' | 'identityFile' | 'proxyJump'>>;

const schema = (home: string): z.ZodType<{readonly hosts: Readonly<Record<string, OwnWay>>}> =>
	strictObject({
		hosts: z.record(
			z.string(),
			strictObject({
				user: z.exactOptional(text(readUser)),
				port: z.exactOptional(z.number().int().min(1).max(65_535)),
				identityFile: z.exactOptional(text(readLocalPath(home))),
				proxyJump: z.exactOptional(text(readJump)),
			}),
		),
	});

/**
 * Reaches the hosts the way one person does: `<directory>/<project>.yaml`, by the names of hosts. So nobody has to edit
 * what the team goes by to log in. Nothing is changed without such a file. Throws DeployError `configuration`.
 */
export const inOwnWay = async (
	environments: readonly Environment[],
	{directory, home}: {readonly directory: string; readonly home: string},
): Promise<readonly Environment[]> => {
	const [first] = environments;
	if (!first) return environments;
	const name = `${first.project}.yaml`;
	const {yaml, value, problems} = await readYaml(filesIn(directory), name, schema(home));
	if (yaml.problems[0]?.problem === 'is missing') return environments;
	if (!value) throw configurationError(directory, problems);
	const {hosts} = value;
	const known = new Set(environments.flatMap(one => one.hosts.map(host => host.name)));
	const strange = Object.keys(hosts).filter(host => !known.has(host));
	if (strange.length > 0) {
		const fix = `use one of ${[...known].join(', ')}`;
		const problem = (host: string): string => `${first.project} has no host ${JSON.stringify(host)}`;
		throw configurationError(
			directory,
			strange.map(host => wholeFile(name, problem(host), fix)),
		);
	}
	return environments.map(environment => ({
		...environment,
		hosts: environment.hosts.map(host => ({...host, ...hosts[host.name]})),
	}));
};
