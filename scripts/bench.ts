// Measures the product: builds it, then runs bench/run.ts where only loopback exists. Options go through; see --help.
import {join} from 'node:path';
import {buildProduct} from './build.ts';
import {runWithoutNetwork} from './without-network.ts';

await buildProduct();
const run = join(import.meta.dirname, '../bench/run.ts');
process.exitCode = await runWithoutNetwork([process.execPath, run, ...process.argv.slice(2)]);
