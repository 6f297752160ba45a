import {expect, test} from 'vitest';
import type {CliContext} from '../../../src/cli/cli-context.ts';
import {runCli} from '../../../src/cli/program.ts';
import {environment} from '../../control/fake-services.ts';

/** Runs the command line where nothing can be asked: what gets further than its options fails by that. */
const watch = async (...args: readonly string[]) => {
	let err = '';
	const context = {
		version: '0',
		terminal: {
			out: () => undefined,
			err: (text: string) => void (err += text),
			isInteractive: false,
			hasColour: false,
		},
		open: () =>
			Promise.resolve({
				environments: [
					{...environment, name: 'local', hosts: []},
					{...environment, name: 'preprod'},
				],
				services: {},
				close: () => Promise.resolve(),
			}),
	} as unknown as CliContext;
	return {code: await runCli(context, ['watch', ...args]), err};
};

test.each([
	[['--once']],
	[['--every', '10s']],
	[['--minutes', '5']],
	[['--print', 'cron']],
	[['accept', '--reason', 'known']],
])('watch: an environment without hosts is refused in words, %j', async args => {
	const {code, err} = await watch('--env', 'local', ...args);
	expect(code).toBe(2);
	expect(err).toContain('local has nothing to watch');
	expect(err).toContain('it has no hosts');
});

test('watch: --html is refused where nothing keeps the page fresh', async () => {
	const {code, err} = await watch('--env', 'preprod', '--html', 'out.html');
	expect(code).toBe(2);
	expect(err).toContain('--html goes with --every, --once or --print');
	expect(err).toContain('cockpit watch --env preprod --every 5m --html "out.html"');
});
