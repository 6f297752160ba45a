import {afterAll, beforeAll, expect, test} from 'vitest';
import type {CockpitEvent, RunningCockpit} from '../support/cockpit.ts';
import {deployBackend, startWatchedSandbox} from './watched-sandbox.ts';

let sandbox: Awaited<ReturnType<typeof startWatchedSandbox>>;
beforeAll(async () => {
	sandbox = await startWatchedSandbox(() =>
		['notify:', ...['bell', 'desktop'].flatMap(how => [`  - terminal: ${how}`, '    on: [unhealthy]']), ''].join(
			'\n',
		),
	);
	await sandbox.signAll('Ravi');
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const watch = ['watch', '--env', 'production'] as const;

/** What the ledger has of a watch, one line an entry. */
const written = (run: unknown): readonly string[] =>
	sandbox
		.entries('production')
		.filter(({type, data}) => type.startsWith('watch.') && data['run'] === run)
		.map(({type, data}) =>
			[type, data['trigger'] ?? data['probe'] ?? data['outcome'], data['state']].filter(Boolean).join(' '),
		);

const isOn = ({type}: CockpitEvent): boolean => type === 'watch.on';
const isFired = ({type, trigger, state}: CockpitEvent): boolean =>
	type === 'watch.trigger' && trigger === 'down' && state === 'fired';

/** What somebody reads of how a watch ended. */
const endOf = async (who: RunningCockpit) => {
	const {code, events, stdout, stderr} = await who.finished;
	const end = events.findLast(({type}) => type === 'watch.finished');
	return {code, outcome: end?.['outcome'], text: end?.['text'], run: end?.['run'], all: stdout + stderr};
};

const good = {code: 0, outcome: 'good', text: 'no trigger fired, nothing worse than before'};

/** To the release beside live: by its name, since behind a rollback "previous" is the one that was left. */
const rollBack = async (name: string): Promise<void> => {
	const release = sandbox.releaseBefore('production');
	const {code, stdout, stderr} = await sandbox.run(
		name,
		'rollback',
		'backend',
		'--env',
		'production',
		'--to',
		release,
		'--confirm',
		'ROLLBACK',
	);
	expect(code, stdout + stderr).toBe(0);
};

test(
	'watch: who stays behind a run, who is killed and comes back and who leaves see one watch, which ends once, well',
	{timeout: 300_000},
	async () => {
		for (const name of ['Ravi', 'Asha']) sandbox.remember(name);
		const ravi = sandbox.start('Ravi', ...deployBackend, '--watch', '--json');
		const {run} = await ravi.waitFor(isOn);
		const killed = sandbox.start('Asha', ...watch, '--json');
		const leaves = sandbox.start('Meera', ...watch);
		const interrupted = sandbox.start('Tom', ...watch, '--json');
		await killed.waitFor(({type}) => type === 'watch.verdict');
		killed.child.kill('SIGKILL');
		await killed.finished;
		const again = sandbox.start('Asha', ...watch, '--json');
		expect((await again.waitFor(isOn))['run']).toBe(run);

		leaves.child.stdout?.once('data', () => leaves.child.kill('SIGTERM'));
		await interrupted.waitFor(isOn);
		interrupted.child.kill('SIGINT');
		const goesOn = expect.stringMatching(
			/noted: the watch on Production \(sandbox\) goes on by itself, of the backend until \d\d:\d\d IST\. Come back: cockpit watch --env production\n/,
		) as unknown;
		expect(await leaves.finished).toMatchObject({code: 130, stderr: goesOn});
		expect(await interrupted.finished).toMatchObject({code: 130, stderr: goesOn});

		const [byRavi, byAsha] = await Promise.all([ravi, again].map(endOf));
		expect(byRavi).toMatchObject({run, ...good});
		expect(byAsha).toMatchObject({run, ...good});
		expect(written(run)).toEqual(['watch.started', 'watch.finished good']);
	},
);

test(
	'watch: what fails is told at once and to the end, unless somebody accepts it with a reason',
	{timeout: 300_000},
	async () => {
		for (const name of ['Ravi', 'Asha']) sandbox.remember(name);
		await rollBack('Ravi');
		const asha = sandbox.start('Asha', ...watch, '--json');
		const {run} = await asha.waitFor(isOn);
		await asha.waitFor(({type}) => type === 'watch.verdict');
		await using screen = sandbox.open({
			columns: 120,
			rows: 40,
			env: {COCKPIT_ACTOR: 'Meera', TERM_PROGRAM: 'WezTerm'},
		});
		await screen.waitFor(/◐ watch 0:\d\d/);
		await screen.waitFor(/watch +◐ backend/);
		sandbox.trouble('production', 'fail');
		const fired = await asha.waitFor(isFired);
		expect(fired).toMatchObject({
			title: 'API not 200 twice in a row',
			text: expect.stringContaining('500') as unknown,
		});
		// Two answers in a row, one look apart.
		expect(Date.parse(String(fired['at'])) - Date.parse(String(fired['since']))).toBeLessThanOrEqual(5000);
		const ravi = sandbox.start('Ravi', ...watch, '--json');
		await ravi.waitFor(isFired);
		const bad = {
			code: 7,
			outcome: 'bad',
			text: expect.stringContaining('API not 200 twice in a row') as unknown,
			run,
		};
		expect(await endOf(asha)).toMatchObject(bad);
		expect(await endOf(ravi)).toMatchObject(bad);
		const entries = written(run);
		expect(entries.filter(text => text === 'watch.changed down fired')).toHaveLength(1);
		expect(new Set(entries).size).toBe(entries.length);
		expect(entries.at(-1)).toBe('watch.finished bad');

		// Whoever of the three wrote it down, a screen that is open tells whoever sits at it.
		const {raw} = screen;
		const notices = [...raw.matchAll(/\u001B\]9;([^\u0007]*)\u0007/g)].map(([, title = '']) => title);
		expect(notices.filter(title => title.endsWith('API not 200 twice in a row'))).toHaveLength(1);
		expect(new Set(notices).size).toBe(notices.length);
		const bells = raw.replaceAll(/\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)/g, '').split('\u0007').length - 1;
		expect(bells).toBe(notices.length);
		screen.send('q');
		await screen.ended();
		sandbox.calm('production');
	},
);

test(
	'watch: accepted with a reason, it ends well, and the reason stands where it ends',
	{timeout: 300_000},
	async () => {
		// Somebody who saw nothing of the trouble before.
		sandbox.remember('Tom');
		await rollBack('Ravi');
		const tom = sandbox.start('Tom', ...watch, '--json');
		const {run} = await tom.waitFor(isOn);
		// By then enough was good to be compared.
		await tom.waitFor(({type, phase}) => type === 'watch.phase' && phase === '0.5 to 1 min');
		sandbox.trouble('production', 'fail');
		await tom.waitFor(isFired);
		await tom.waitFor(({type, verdict}) => type === 'watch.verdict' && verdict === 'worse');
		const accept = ['watch', 'accept', '--env', 'production', '--reason', 'the import runs until noon'];
		expect(await sandbox.run('Ravi', ...accept)).toMatchObject({code: 0});
		const end = await endOf(tom);
		const text = expect.stringContaining('accepted by Ravi: the import runs until noon') as unknown;
		expect(end).toMatchObject({code: 0, outcome: 'good', text, run});
		expect(
			sandbox.entries('production').find(({type, data}) => type === 'watch.accepted' && data['run'] === run),
		).toMatchObject({
			actor: {name: 'Ravi'},
			data: {probes: expect.arrayContaining(['down']) as unknown, reason: 'the import runs until noon'},
		});
		expect(written(run).at(-1)).toBe('watch.finished good');
		sandbox.calm('production');
	},
);
