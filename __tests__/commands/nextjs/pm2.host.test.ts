import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import findListener from '../../../src/commands/host/find-listener.cjs';
import {nodeProgram} from '../../../src/commands/node-program.ts';
import {ensurePm2Runs, provePm2, savePm2, startPm2, stopPm2, whileStopped} from '../../../src/commands/nextjs/pm2.ts';
import type {Command} from '../../../src/domain/command.ts';
import {me} from '../host-directory.ts';
import {answers, createPm2Host, type Pm2Host} from './pm2-stub.ts';

const swapTo = (host: Pm2Host, release: string): Command => ({
	argv: ['ln', '-sfn', `.site/releases/${release}`, host.live],
	label: 'swap',
});
const port = (host: Pm2Host): number => host.app.target.port;

/** The app runs, as a deploy finds it. */
const begin = async (host: Pm2Host): Promise<void> => {
	await host.sh('pm2 start site && rm calls');
};

test.concurrent('PM2: stopped, swapped and started, the new release answers and is proven; no secret of a process is shown', async () => {
	await using host = await createPm2Host();
	await begin(host);
	const [{pid: old} = {pid: 0}] = host.list();

	const outputs = [
		await host.ok(stopPm2(host.app)),
		await host.ok(whileStopped(host.app, swapTo(host, 'two'))),
		await host.ok(startPm2(host.app, 20_000)),
		await host.ok(provePm2(host.app)),
		await host.ok(savePm2(host.app)),
	];

	const [{pid} = {pid: 0}] = host.list();
	expect(pid).not.toBe(old);
	expect(await answers(port(host))).toBe(host.release('two'));
	expect(outputs[0]).toBe(`site stopped, port ${port(host)} is free\n`);
	expect(outputs[3]).toMatch(
		new RegExp(
			`^status site online \\(${pid}\\)\nrestarts 0, none since the start\npm_cwd ${host.live} -> ${host.release('two')}\n` +
				`port ${port(host)}: process ${pid} \\(\\S+ of ${me}, started \\S+Z, in ${host.release('two')}\\)\n$`,
		),
	);
	expect(outputs.join('')).not.toContain('hunter2');
	expect(host.calls().filter(call => call !== 'jlist')).toEqual(['stop site', 'start site', 'save']);
});

test.concurrent('PM2: of two names the one that runs is taken, and it stays that one while it is stopped', async () => {
	await using host = await createPm2Host(['other', 'site']);
	await begin(host);

	await host.ok(stopPm2(host.app));
	await host.ok(startPm2(host.app, 20_000));

	expect(host.list().map(({name, status}) => `${name} ${status}`)).toEqual(['other stopped', 'site online']);
});

test.concurrent('PM2: a process that was stopped before the deploy is started', async () => {
	await using host = await createPm2Host();

	expect(await host.ok(stopPm2(host.app))).toContain('site was stopped already');
	await host.ok(startPm2(host.app, 20_000));

	expect(await answers(port(host))).toBe(host.release('one'));
});

test.concurrent('PM2: a stop that leaves the port with somebody else starts the app again and names who holds it', async () => {
	await using host = await createPm2Host();
	const orphan = await host.orphan('one');
	await begin(host);

	const {code, stderr} = await host.run(stopPm2(host.app, 300));

	expect(code).toBe(1);
	expect(stderr).toMatch(
		new RegExp(
			`^port ${port(host)} is held 0\\.3 s after the stop by process ${orphan} \\(\\S+ of ${me}, started \\S+Z, in ${host.release('one')}\\)\n` +
				`Look at it, then end it on the host with: kill ${orphan}\n$`,
		),
	);
	expect(host.list()).toMatchObject([{status: 'online'}]);
	expect(await answers(port(host))).toBe(host.release('one'));
});

test.concurrent('PM2: an old process that answers in place of the new one fails the start, although PM2 says online', async () => {
	await using host = await createPm2Host();
	await begin(host);
	await host.ok(stopPm2(host.app));
	const orphan = await host.orphan('one');
	await host.ok(swapTo(host, 'two'));

	const {code, stdout, stderr} = await host.run(startPm2(host.app, 20_000));

	expect({code, stdout}).toMatchObject({code: 1, stdout: expect.stringContaining('site online') as string});
	expect(stderr).toContain(`process ${orphan} (`);
	expect(stderr).toContain(`kill ${orphan}\nIt is not of site and answers with an old build`);
});

test.concurrent('PM2: pinned to a release instead of the live path, the start says so', async () => {
	await using host = await createPm2Host();
	host.setList([{name: 'site', cwd: host.release('one')}]);
	await host.ok(stopPm2(host.app));
	await host.ok(swapTo(host, 'two'));

	const {code, stderr} = await host.run(startPm2(host.app, 20_000));

	expect({code, stderr}).toEqual({
		code: 1,
		stderr: `site has pm_cwd ${host.release('one')} instead of ${host.live}: it does not follow the link\n`,
	});
});

test.concurrent('PM2: what fails while the app is stopped starts it again, and fails with its own code', async () => {
	await using host = await createPm2Host();
	await begin(host);
	await host.ok(stopPm2(host.app));

	const failing: Command = {argv: ['sh', '-c', 'exit 7'], label: 'swap'};
	const {code, stderr} = await host.run(whileStopped(host.app, failing));

	expect(code).toBe(7);
	expect(stderr).toMatch(/^exited with 7: starts PM2 again\nPM2, started again: site online \(\d+\)\n$/);
});

test.concurrent('PM2: a stop or start that PM2 refuses is told in its words', async () => {
	await using host = await createPm2Host();
	await begin(host);
	writeFileSync(join(host.root, 'refuse-stop'), '');

	expect(await host.run(stopPm2(host.app))).toMatchObject({
		code: 1,
		stderr: 'pm2 stop site exited with 1: [PM2][ERROR] Process or Namespace site not found\n',
	});
	await host.sh('rm refuse-stop && touch refuse-start');
	await host.ok(stopPm2(host.app));
	expect(await host.run(startPm2(host.app, 1000))).toMatchObject({
		code: 1,
		stderr: 'pm2 start site exited with 1: [PM2][ERROR] Process or Namespace site not found\n',
	});
});

test.concurrent('PM2: a process that restarted after the start is not proven', async () => {
	await using host = await createPm2Host();
	await begin(host);
	await host.ok(stopPm2(host.app));
	await host.ok(startPm2(host.app, 20_000));
	await host.sh('pm2 restart site');

	const {code, stderr} = await host.run(provePm2(host.app));

	expect(code).toBe(1);
	expect(stderr).toMatch(/site was restarted since it was started: restarts 0 before, 1 now|nothing listens/);
});

test.concurrent('PM2: a way out starts what the run has stopped, and leaves alone what it has not', async () => {
	await using host = await createPm2Host();

	expect(await host.ok(ensurePm2Runs(host.app))).toBe('');
	expect(host.calls()).toEqual([]);

	await begin(host);
	await host.ok(stopPm2(host.app));
	expect(await host.ok(ensurePm2Runs(host.app))).toMatch(/^PM2, started again: site online/);
});

test.concurrent('PM2: a name that is not there is said; a daemon that is not there is not begun', async () => {
	await using host = await createPm2Host(['else']);
	const missing = `PM2 of ${me} has no process called other or site\n`;

	expect(await host.run(stopPm2(host.app))).toMatchObject({code: 1, stderr: missing});
	await host.sh('echo 999999999 >.pm2/pm2.pid && rm calls');
	expect(await host.run(stopPm2(host.app))).toMatchObject({code: 1, stderr: missing});
	expect(host.calls()).toEqual([]);
});

test.concurrent('listener: the process on a port is described; nobody for a free one', async () => {
	await using host = await createPm2Host();
	const pid = await host.orphan('two');
	const ask = async (wanted: number): Promise<unknown> =>
		JSON.parse(
			await host.ok(
				nodeProgram('ask', {
					node: 'node',
					text: `${findListener}console.log(JSON.stringify(listenersOf(JSON.parse(process.argv[1]).port).map(describeProcess)))`,
					about: {port: wanted},
				}),
			),
		);

	expect(await ask(port(host))).toEqual([
		{
			pid,
			user: me,
			cwd: host.release('two'),
			command: expect.any(String) as string,
			startedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
		},
	]);
	expect(await ask(1)).toEqual([]);
});
