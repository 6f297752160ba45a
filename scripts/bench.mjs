// Measures the product: builds it, then runs bench/run.ts where only loopback exists. Options go through; see --help.
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';

const here = import.meta.dirname;
const node = (...args) => spawnSync(process.execPath, args, {stdio: 'inherit', cwd: join(here, '..')}).status ?? 1;

const bench = ['without-network.mjs', process.execPath, 'bench/run.ts', ...process.argv.slice(2)];
process.exit(node(join(here, 'build.mjs')) || node(join(here, bench[0]), ...bench.slice(1)));
