import {mkdir, readFile, readdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import * as z from 'zod';
import {DeployError} from '../domain/errors.ts';

/** `next`: where the frontend listens; absent in a record written before there was one. */
const ports = z.object({ssh: z.number(), http: z.number(), next: z.exactOptional(z.number())});
const schema = z.object({
	/** Process that serves the sandbox; null once it was closed. */
	pid: z.number().nullable(),
	ports: z.object({preprod: ports, production: ports}),
});

/** What a sandbox leaves in its directory for the next start. */
export type SandboxRecord = z.infer<typeof schema>;

const fileIn = (directory: string): string => join(directory, 'sandbox.json');

export const writeRecord = (directory: string, record: SandboxRecord): Promise<void> =>
	writeFile(fileIn(directory), `${JSON.stringify(record)}\n`);

const readRecord = async (directory: string): Promise<SandboxRecord | undefined> => {
	const text = await readFile(fileIn(directory), 'utf8').catch(() => undefined);
	return text === undefined ? undefined : schema.parse(JSON.parse(text));
};

/** Made first and removed never: what says that a directory whose first start was cut is still a sandbox's. */
const flag = '.cockpit-sandbox';

/**
 * Makes the directory, or takes over what an earlier sandbox left in it; answers with that one's record.
 * Throws DeployError `usage` for a directory with files no sandbox made.
 */
export const claimDirectory = async (directory: string): Promise<SandboxRecord | undefined> => {
	await mkdir(directory, {recursive: true, mode: 0o700});
	const names = await readdir(directory);
	if (names.length > 0 && !names.includes(flag))
		throw new DeployError({
			code: 'usage',
			what: `${directory} cannot hold a sandbox`,
			why: 'it has files in it that no sandbox made',
			now: 'Nothing was changed.',
			next: 'Name an empty directory, or one that does not exist yet.',
		});
	await writeFile(join(directory, flag), '');
	return readRecord(directory);
};

const isAlive = (pid: number): boolean => {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
};

/**
 * Two sandboxes in one directory would rewrite each other's hosts. One runs if its process lives and its ports,
 * which this start was offered, were taken. Throws DeployError `locked`.
 */
export const assertNotRunning = (
	directory: string,
	record: SandboxRecord | undefined,
	now: SandboxRecord['ports'],
): void => {
	if (!record || record.pid === null || !isAlive(record.pid)) return;
	if (record.ports.preprod.ssh === now.preprod.ssh && record.ports.production.ssh === now.production.ssh) return;
	throw new DeployError({
		code: 'locked',
		what: `a sandbox runs in ${directory} already`,
		why: `process ${record.pid} serves it`,
		now: 'Nothing was changed; that sandbox goes on.',
		next: `Join it with: cockpit --config ${join(directory, 'project')}`,
	});
};
