import {appendFileSync, mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';
import {renderCommand} from '../../../src/commands/shell.ts';
import {stepFailed, type DeployError} from '../../../src/domain/errors.ts';
import type {Session} from '../../../src/domain/ports.ts';
import {planBackendDeploy, type LaravelPlan} from '../../../src/recipes/laravel/plan.ts';
import {noteLogEnds} from '../../../src/recipes/run/note-log-ends.ts';
import {runFrame} from '../../../src/recipes/run/frame.ts';
import {withOwnWords, type Stage} from '../../../src/runner/endings/own-words.ts';
import type {RunContext} from '../../../src/runner/run-context.ts';
import {createHostDirectory, type HostDirectory} from '../../commands/host-directory.ts';
import {laravelPlan} from '../../recipes/laravel-plan.ts';

const failed = stepFailed({what: 'Health check failed', why: 'GET /api/health answered 500', now: '', next: ''});

/** systemctl of a host on which this unit does not run. */
const systemctl = (down = ''): string => `#!/bin/sh
case "$1 $2" in
	"is-active ${down}") echo failed; exit 3 ;;
	is-active*) echo active ;;
	"status --no-pager") printf '%s\\n' '● ${down}.service - FPM' '   Loaded: loaded' '   Active: failed (Result: exit-code)' '' 'Feb 10 11:28:53 web-1 php-fpm: unknown entry password=hunter2' ;;
esac
`;

/** A plan whose app lives in that directory, with a log of which it was noted how long it was at the swap. */
const swapped = async (host: HostDirectory): Promise<{readonly plan: LaravelPlan; readonly log: string}> => {
	const usual = laravelPlan();
	const path = join(host.root, 'www/backend');
	const backend = {...usual.target, path};
	const plan = planBackendDeploy({
		...usual,
		environment: {...usual.environment, stateDirectory: 'state', apps: {backend}},
	});
	const log = join(path, 'storage/logs/laravel.log');
	mkdirSync(dirname(log), {recursive: true});
	mkdirSync(join(host.root, 'state/jobs', plan.record.run), {recursive: true});
	writeFileSync(log, '[2026-02-10 05:00:00] production.ERROR: an old one\n');
	await host.ok(noteLogEnds(plan));
	return {plan, log};
};

const ask = (
	host: HostDirectory,
	plan: LaravelPlan,
	error = failed,
	stage: Stage = 'swapped',
): Promise<DeployError> => {
	const session = {
		exec: async (line: string) => ({...(await host.run({argv: ['sh', '-c', line]})), durationMs: 1}),
	} as unknown as Session;
	const pipeline = {...runFrame(plan), liveAfterSwap: plan.candidate};
	return withOwnWords(
		{pipeline, session, signal: new AbortController().signal} as unknown as RunContext,
		error,
		stage,
	);
};

test('own words: the last error since the swap, where it came from, how often it was there, and the whole path', async () => {
	await using host = createHostDirectory({systemctl: systemctl()});
	const {plan, log} = await swapped(host);
	const [time, where] = ['2026-02-10 05:59:21', `${plan.candidate}/app/Jobs/SendReminder.php:41`];
	for (let count = 0; count < 3; count += 1)
		appendFileSync(
			log,
			[
				String.raw`[${time}] production.ERROR: Class "App\X" not found token=abc {"exception":"[object] (Error(code: 0): Class \"App\\X\" not found at ${where})`,
				'[stacktrace]',
				`#0 ${plan.candidate}/vendor/laravel/framework/Router.php(54): call('secret')`,
				...Array.from({length: 8}, (_, n) => `#${n + 1} ${plan.candidate}/app/H${n}.php(22): x('secret')`),
				'"} ',
				`[${time}] production.INFO: Queue: 0 waiting`,
				'',
			].join('\n'),
		);

	expect((await ask(host, plan)).why.split('\n')).toEqual([
		'GET /api/health answered 500',
		'laravel.log says since the swap:',
		String.raw`11:29:21 IST error Class "App\X" not found token=***`,
		'  at app/Jobs/SendReminder.php:41',
		'  #1 app/H0.php(22)',
		'  #2 app/H1.php(22)',
		'  7 more lines of trace, same error 2 times above',
		log,
	]);
});

test('own words: a log without an error since the swap says so; what is older is not shown', async () => {
	await using host = createHostDirectory({systemctl: systemctl()});
	const {plan, log} = await swapped(host);

	expect((await ask(host, plan)).why).toBe(
		`GET /api/health answered 500\nIts log has no error since the swap:\n${log}`,
	);
});

test('own words: a unit that is not active says its state and its last lines, without secrets', async () => {
	await using host = createHostDirectory({systemctl: systemctl('php8.1-fpm')});
	const {plan} = await swapped(host);

	const {why} = await ask(host, plan);
	expect(why).toContain('php8.1-fpm.service - FPM\nActive: failed (Result: exit-code)\n');
	expect(why).toContain('unknown entry password=***');
});

test('own words: they are asked for once and never change how a run ends', async () => {
	await using host = createHostDirectory({systemctl: systemctl(), stat: '#!/bin/sh\nexit 1\n'});
	const {plan} = await swapped(host);
	// Where the logs ended was not noted: what stands there may be of any day.
	expect(await ask(host, plan)).toBe(failed);

	const cancelled = failed.with({code: 'cancelled'});
	expect(await ask(host, plan, cancelled)).toBe(cancelled);
	await host.sh('rm -r state www');
	expect(await ask(host, plan)).toBe(failed);
	expect(renderCommand(runFrame(plan).ownWords.command)).toContain('read_logs');
});

test('own words: of a step before the swap, only what names the release being prepared', async () => {
	await using host = createHostDirectory({systemctl: systemctl('php8.1-fpm')});
	const {plan, log} = await swapped(host);
	const line = (where: string, text: string): string =>
		`[2026-02-10 05:59:21] production.ERROR: ${text} {"exception":"[object] (RuntimeException(code: 0): ${text} at ${where}/app/Tax.php:7)\n[stacktrace]\n#0 {main}\n"}\n`;
	appendFileSync(log, line('/var/www/.backend/releases/live', 'of a user'));
	const artisan = stepFailed({
		what: 'Clear and build caches failed',
		why: 'artisan config:cache exited with 1',
		now: '',
		next: '',
	});

	expect((await ask(host, plan, artisan, 'before')).why).toBe('artisan config:cache exited with 1');
	appendFileSync(log, line(plan.candidate, 'no such rate') + line('/var/www/.backend/releases/live', 'of a user'));
	expect((await ask(host, plan, artisan, 'before')).why.split('\n')).toEqual([
		'artisan config:cache exited with 1',
		'laravel.log says of this release:',
		'11:29:21 IST error no such rate',
		'  at app/Tax.php:7',
		'  #0 {main}',
		log,
	]);
});

test('own words: a unit that does not start before live has changed, with where its own log is', async () => {
	await using host = createHostDirectory({systemctl: systemctl('php8.1-fpm')});
	const {plan} = await swapped(host);

	const {why} = await ask(host, plan, failed, 'swapping');
	expect(why).toContain('Active: failed (Result: exit-code)');
	expect(why).toContain('Its log: journalctl -u php8.1-fpm');
	expect(why).not.toContain('has no error');
});
