import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {firstLine} from '../run-program.ts';
import {openScreen, type Screen, type ScreenOptions} from '../screen.ts';
import {terminalEnvironment} from './terminal-environment.ts';

const product = new URL('../../../dist/cockpit.mjs', import.meta.url).pathname;

export type Sandbox = AsyncDisposable & {
	readonly config: string;
	readonly home: string;
	/** Opens the built product on it. */
	readonly open: (options?: Pick<ScreenOptions, 'columns' | 'rows' | 'env'>) => Screen;
};

/** The product's own sandbox beside the test, so that several cockpits, one after the other, meet the same hosts. */
export const startSandbox = async (): Promise<Sandbox> => {
	const home = mkdtempSync(join(tmpdir(), 'cockpit-home-'));
	const child = spawn(process.execPath, [product, 'sandbox', '--serve', '--dir', join(home, 'sandbox')], {
		env: terminalEnvironment(home),
		cwd: home,
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const exit = once(child, 'exit');
	const {config} = JSON.parse(await firstLine(child)) as {config: string};
	return {
		config,
		home,
		open: ({env, ...size} = {}) =>
			openScreen({
				command: process.execPath,
				args: [product, '--config', config],
				env: terminalEnvironment(home, env),
				cwd: home,
				...size,
			}),
		[Symbol.asyncDispose]: async () => {
			child.kill('SIGTERM');
			await exit;
			await rm(home, {recursive: true, force: true});
		},
	};
};
