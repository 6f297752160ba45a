// Measures the product: builds it, then runs bench/run.ts where only loopback exists. Options go through; see --help.
import {join} from 'node:path';
import {buildProduct} from './build.ts';
import {runWithoutNetwork} from './without-network.ts';

await buildProduct();
const run = join(import.meta.dirname, '../bench/run.ts');
const hooks = new URL('text-hooks.ts', import.meta.url).href;
process.exitCode = await runWithoutNetwork([process.execPath, '--import', hooks, run, ...process.argv.slice(2)]);
