import {createHash} from 'node:crypto';
import {globSync, readFileSync, statSync} from 'node:fs';
import {chmod, lstat, mkdir, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {nextApp, nodePackages} from './node-packages.ts';
import {run} from './run.ts';

const here = import.meta.dirname;
const app = join(here, '../../fixtures/laravel-app/v1');

const packages = ['php*', 'composer', 'nginx*', 'openssh-*', 'sudo', 'bash', 'tar'];

/** Everything the provisioned layer follows from: what runs in it, the app, the packages and users of the machine. */
const digest = async (environment: string, hasFrontend: boolean): Promise<string> => {
	const files = [
		...globSync(['*.sh', 'inside/*'], {cwd: here}).map(name => join(here, name)),
		...globSync('**', {cwd: app}).map(name => join(app, name)),
		...(hasFrontend ? globSync('v1/**', {cwd: nextApp}).map(name => join(nextApp, name)) : []),
		'/etc/passwd',
		'/etc/group',
	].filter(file => statSync(file).isFile());
	const versions = await run(['dpkg-query', '-W', ...packages]);
	const hash = createHash('sha256').update(
		`${environment}\n${versions.stdout}\n${hasFrontend ? nodePackages() : ''}\n`,
	);
	for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(file));
	return hash.digest('hex').slice(0, 16);
};

/** Root unpacks what lies here, so nobody else may be able to put it there. */
const privateDirectory = async (): Promise<string> => {
	const directory = join(tmpdir(), 'cockpit-real-host-layers');
	await mkdir(directory, {recursive: true, mode: 0o700});
	if ((await lstat(directory)).uid !== process.getuid?.()) throw new Error(`${directory} belongs to somebody else`);
	await chmod(directory, 0o700);
	return directory;
};

/**
 * Path of the archive with all that differs between this machine and a server the old scripts deployed to. Built
 * once per machine and fixture; `state` is the directory of the host that happens to be first.
 */
export const ensureLayer = async (state: string, environment: string, hasFrontend: boolean): Promise<string> => {
	const layer = join(await privateDirectory(), `${await digest(environment, hasFrontend)}.tar`);
	const build = ['setpriv', '--pdeathsig', 'KILL', 'bash', join(here, 'layer.sh'), state, layer];
	const {code, stderr} = await run(build);
	await writeFile(join(state, 'provision.log'), stderr);
	if (code !== 0) throw new Error(`the host could not be provisioned:\n${stderr}`);
	return layer;
};
