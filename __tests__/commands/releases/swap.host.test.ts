import {expect, test} from 'vitest';
import {refreshService, serviceStates, testService} from '../../../src/commands/releases/swap.ts';
import {createHostDirectory} from '../host-directory.ts';

const systemctl = (...cases: readonly string[]): Record<string, string> => ({
	systemctl: `#!/bin/sh\necho "$@" >>"$HOME/calls"\ncase "$*" in ${cases.join(' ')} esac\n`,
});
const fpm = {unit: 'php8.1-fpm', after: 'reload'} as const;

test('service: reloaded once, and nothing more when that works', async () => {
	await using host = createHostDirectory(systemctl());
	for (const command of refreshService(fpm)) await host.ok(command);
	expect(await host.sh('cat calls')).toBe('reload php8.1-fpm');
});

test('service: a reload that fails starts it again, says its state, and fails with the code of the reload', async () => {
	await using host = createHostDirectory(systemctl('reload*) exit 7 ;;', 'is-active*) echo active ;;'));
	const [command] = refreshService(fpm);
	if (!command) throw new TypeError('no command');

	const {code, stdout, stderr} = await host.run(command);

	expect({code, stdout, stderr}).toEqual({
		code: 7,
		stdout: 'active\n',
		stderr: 'systemctl reload php8.1-fpm exited with 7: starting php8.1-fpm again\n',
	});
	expect(await host.sh('cat calls')).toBe('reload php8.1-fpm\nstart php8.1-fpm\nis-active php8.1-fpm');
});

test('service: one that is not touched has no command; a test runs as root and word for word', () => {
	expect(refreshService({unit: 'cron', after: 'nothing'})).toEqual([]);
	expect(testService({unit: 'nginx', after: 'reload'})).toEqual([]);
	expect(testService({unit: 'nginx', after: 'reload', test: ['nginx', '-t']})).toEqual([
		{argv: ['nginx', '-t'], as: 'root'},
	]);
});

test.each([
	{states: ['active', 'active'], code: 0},
	{states: ['active', 'failed'], code: 1},
	{states: ['activating', 'active'], code: 1},
	{states: ['', 'active'], code: 1},
])('service states $states: exit $code', async ({states: [first = '', second = ''], code}) => {
	await using host = createHostDirectory(systemctl(`*a-unit) echo "${first}" ;;`, `*b-unit) echo "${second}" ;;`));
	const units = [
		{unit: 'a-unit', after: 'nothing'},
		{unit: 'b-unit', after: 'nothing'},
	] as const;

	const result = await host.run(serviceStates(units));

	expect(result.code).toBe(code);
	expect(result.stdout).toBe(`a-unit ${first || 'unknown'}\nb-unit ${second}\n`);
});
