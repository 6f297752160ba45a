import {randomBytes} from 'node:crypto';
import {chmod, rename, rm, writeFile} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {systemCode, usage} from '../../domain/errors.ts';

/**
 * Writes a file that others read meanwhile: they see the one before or the whole new one, mode 0644. Answers with its
 * absolute path. Throws DeployError `usage` where nothing could be written; the one before is then as it was.
 */
export const replaceFile = async (name: string, text: string): Promise<string> => {
	const path = resolve(name);
	const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
	try {
		await writeFile(beside, text, {flag: 'wx', mode: 0o644});
		// Whatever umask says: a web server is another user.
		await chmod(beside, 0o644);
		await rename(beside, path);
		return path;
	} catch (cause) {
		await rm(beside, {force: true}).catch(() => undefined);
		throw usage({
			what: `${path} could not be written`,
			why: systemCode(cause) || String(cause),
			now: 'The file that was there is as it was.',
			next: 'Name a file in a directory that you may write to.',
			cause,
		});
	}
};
