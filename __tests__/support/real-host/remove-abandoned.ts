import {existsSync} from 'node:fs';
import {readdir, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** State directories of hosts are called this, then the id of the process that started the host. */
export const statePrefix = 'cockpit-real-host-run-';

const hourMs = 3_600_000;

/** Removes what test processes left behind that were killed: their hosts died with them, their files did not. */
export const removeAbandoned = async (): Promise<void> => {
	for (const name of await readdir(tmpdir())) {
		const [, id] = new RegExp(`^${statePrefix}(\\d+)-`).exec(name) ?? [];
		if (id === undefined || existsSync(`/proc/${id}`)) continue;
		const directory = join(tmpdir(), name);
		const {mtimeMs} = await stat(directory);
		if (Date.now() - mtimeMs > hourMs) await rm(directory, {recursive: true, force: true});
	}
};
