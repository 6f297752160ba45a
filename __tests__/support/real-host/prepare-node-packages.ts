/**
 * Fetches what a host with a frontend needs from the npm registry, once per machine and lockfile, and builds the two
 * versions the old scripts deployed. Comes before the tests: they run where there is no network.
 */
import {execa} from 'execa';
import {existsSync} from 'node:fs';
import {chmod, cp, lstat, mkdir, readdir, rename, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {nextApp, nodePackages, nodePackagesRoot} from './node-packages.ts';

const install = async (directory: string, cache: string): Promise<void> => {
	const options = ['--no-audit', '--no-fund', '--no-update-notifier', '--ignore-scripts', '--cache', cache];
	await execa('npm', ['ci', ...options], {cwd: directory, stdio: ['ignore', 'ignore', 'inherit']});
};

/** As a developer of the old days: on whatever the machine holds, with the URL of the day. */
const build = async (app: string, version: string, to: string): Promise<void> => {
	await writeFile(join(app, 'version.js'), `export const VERSION = '${version}';\n`);
	const env = {
		NODE_ENV: 'production',
		NEXT_TELEMETRY_DISABLED: '1',
		NEXT_PUBLIC_API_URL: 'https://preprod.qsights.test/api',
	};
	await execa(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
		cwd: app,
		env,
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	await mkdir(to, {recursive: true});
	await cp(join(app, '.next'), join(to, '.next'), {
		recursive: true,
		filter: source => source !== join(app, '.next/cache'),
	});
};

const prepare = async (directory: string): Promise<void> => {
	const [app, cache] = [join(directory, 'app'), join(directory, 'npm-cache')];
	await mkdir(join(directory, 'bin'), {recursive: true});
	await cp(process.execPath, join(directory, 'bin/node'), {dereference: true});
	await cp(join(import.meta.dirname, 'host-tools'), join(directory, 'tools'), {recursive: true});
	await install(join(directory, 'tools'), cache);
	// One more package for the cache: that of the version with a changed lockfile.
	await cp(join(nextApp, 'dependency-overlay'), join(directory, 'dependency'), {recursive: true});
	await install(join(directory, 'dependency'), cache);
	await rm(join(directory, 'dependency'), {recursive: true});
	await cp(join(nextApp, 'v1'), app, {recursive: true});
	await install(app, cache);
	for (const version of ['v0', 'v1']) await build(app, version, join(directory, 'old', version));
	await rm(join(app, '.next'), {recursive: true});
	// Read by npm under this Node on the hosts, where there is no registry.
	await mkdir(join(directory, 'etc'));
	const settings = ['offline=true', 'update-notifier=false', 'audit=false', 'fund=false'];
	await writeFile(join(directory, 'etc/npmrc'), settings.map(line => `${line}\n`).join(''));
	// Every user of a host installs from it.
	await execa('chmod', ['-R', 'a+rwX', '--', cache]);
	await execa('chmod', ['-R', 'go=rX', '--', join(directory, 'bin'), join(directory, 'tools'), app]);
};

const target = nodePackages();
if (!existsSync(target)) {
	console.error(`fetching npm packages and building the sample frontend into ${target}`);
	await mkdir(nodePackagesRoot, {recursive: true, mode: 0o700});
	if ((await lstat(nodePackagesRoot)).uid !== process.getuid?.())
		throw new Error(`${nodePackagesRoot} belongs to somebody else`);
	await chmod(nodePackagesRoot, 0o700);
	const part = `${target}.part-${process.pid}`;
	await prepare(part);
	await chmod(part, 0o755);
	await rename(part, target);
	// What earlier lockfiles needed, and attempts that were killed.
	for (const name of await readdir(nodePackagesRoot))
		if (join(nodePackagesRoot, name) !== target)
			await rm(join(nodePackagesRoot, name), {recursive: true, force: true});
}
