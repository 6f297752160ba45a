import {createHash} from 'node:crypto';
import {existsSync, globSync, readFileSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const here = import.meta.dirname;

/** Sources of the frontend as the old scripts deployed it last. */
export const nextApp = join(here, '../../fixtures/next-app');

const sources = [
	join(here, 'host-tools'),
	join(nextApp, 'v1'),
	join(nextApp, 'dependency-overlay'),
	join(here, 'prepare-node-packages.ts'),
];

/** Root executes what lies here, so nobody else may be able to put it there. */
export const nodePackagesRoot = join(tmpdir(), 'cockpit-node-packages');

const digest = (): string => {
	const hash = createHash('sha256').update(`${process.version}\0`);
	const files = sources
		.flatMap(path => (statSync(path).isFile() ? [path] : globSync('**', {cwd: path}).map(name => join(path, name))))
		.filter(file => statSync(file).isFile());
	for (const file of files.sort()) hash.update(`${file.slice(here.length)}\0`).update(readFileSync(file));
	return hash.digest('hex').slice(0, 16);
};

let known: string | undefined;

/**
 * What a host with a frontend needs from the npm registry, as `npm run test:system:prepare` leaves it:
 * `bin/node`; `tools/node_modules` with npm and PM2; `app/node_modules` of the sample frontend; `old/v0`, `old/v1` with
 * a `.next` each, as a developer built them; `npm-cache`, from which `npm ci --offline` installs the sample frontend.
 */
export const nodePackages = (): string => (known ??= join(nodePackagesRoot, digest()));

/** Why no host with a frontend can run on this machine; `undefined` when one can. */
export const nodePackagesMissing = (): string | undefined =>
	existsSync(nodePackages()) ? undefined : 'needs npm run test:system:prepare';
