import childProcess from 'node:child_process';
import {syncBuiltinESMExports} from 'node:module';

/** The functions that start a process, synchronous ones included. */
const starters = ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'] as const;

/** A test of values, and of what is drawn from them, starts no process: it would pay for that in every run. */
for (const name of starters) {
	Object.assign(childProcess, {
		[name]: (file: unknown): never => {
			throw new Error(`a pure test tried to start ${String(file)}: name its file *.host.test.ts`);
		},
	});
}
syncBuiltinESMExports();
