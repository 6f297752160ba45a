import {createServer} from 'node:net';
import {once} from 'node:events';
import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Pm2App} from '../../src/commands/pm2.ts';
import {createHostDirectory, type HostDirectory} from './host-directory.ts';

/**
 * As much of PM2 as one call needs: a list in a file, real processes, and `jlist` with every process's environment.
 * The real one is met by the system tests.
 */
const stub = `#!/usr/bin/env node
const fs = require('node:fs');
const {spawn} = require('node:child_process');
const file = process.env.HOME + '/.pm2/list.json';
const list = JSON.parse(fs.readFileSync(file, 'utf8'));
const keep = () => fs.writeFileSync(file, JSON.stringify(list));
const isThere = pid => {
	try {
		return !/^[^]*\\) Z/.test(fs.readFileSync('/proc/' + pid + '/stat', 'latin1'));
	} catch {
		return false;
	}
};
const end = async pid => {
	if (!isThere(pid)) return;
	process.kill(pid, 'SIGKILL');
	while (isThere(pid)) await new Promise(resolve => setTimeout(resolve, 5));
};
const [verb, name] = process.argv.slice(2);
fs.appendFileSync(process.env.HOME + '/calls', process.argv.slice(2).join(' ') + '\\n');
const begin = app => {
	const child = spawn(process.execPath, [app.script], {cwd: app.cwd, detached: true, stdio: 'ignore'});
	Object.assign(app, {status: 'online', pid: child.pid});
	child.unref();
};
(async () => {
	if (verb === 'jlist') {
		console.log('[PM2] a word before the list');
		console.log(JSON.stringify(list.map((app, index) => ({
			name: app.name, pid: app.pid, pm_id: index,
			pm2_env: {status: app.status, exec_mode: app.mode, restart_time: app.restarts, pm_cwd: app.cwd, pm_exec_path: app.script, args: ['start'], node_version: '20.0.0', env: {SECRET: 'hunter2'}, SECRET: 'hunter2'},
		}))));
		return;
	}
	if (verb === 'save') return;
	const apps = list.filter(app => app.name === name);
	if (apps.length === 0 || fs.existsSync(process.env.HOME + '/refuse-' + verb)) {
		console.error('[PM2][ERROR] Process or Namespace ' + name + ' not found');
		process.exit(1);
	}
	for (const app of apps) {
		if (verb !== 'reload') await end(app.pid);
		if (verb === 'stop') Object.assign(app, {status: 'stopped', pid: 0});
		else {
			const old = app.pid;
			begin(app);
			if (verb !== 'start') app.restarts += 1;
			if (verb === 'reload') await end(old);
		}
	}
	keep();
})();
`;

/** Listens on the port that stands beside it; where that is taken it goes on and answers nobody. */
const server = `
const server = require('node:http').createServer((_, response) => response.end(process.cwd()));
server.on('error', () => setInterval(() => undefined, 1000));
server.listen(Number(require('node:fs').readFileSync(__dirname + '/port', 'utf8')), '127.0.0.1');
`;

export type ListedApp = {
	readonly name: string;
	readonly script: string;
	readonly cwd: string;
	readonly mode: 'fork_mode' | 'cluster_mode';
	readonly status: string;
	readonly pid: number;
	readonly restarts: number;
};

const freePort = async (): Promise<number> => {
	const probe = createServer().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const address = probe.address();
	probe.close();
	await once(probe, 'close');
	if (address === null || typeof address === 'string') throw new TypeError('no port');
	return address.port;
};

export type Pm2Host = HostDirectory & {
	readonly app: Pm2App;
	readonly live: string;
	release(name: string): string;
	list(): readonly ListedApp[];
	setList(apps: readonly Partial<ListedApp>[]): void;
	calls(): readonly string[];
	/** A process that PM2 knows nothing of; resolves once it listens. */
	orphan(release: string): Promise<number>;
};

/** A host with two releases, `one` live, and PM2 that knows `names`, stopped. */
export const createPm2Host = async (names: readonly string[] = ['site']): Promise<Pm2Host> => {
	const host = createHostDirectory({pm2: stub, npm: '#!/bin/sh\necho 10.8.2\n'});
	const port = await freePort();
	const live = join(host.root, 'www/site');
	const release = (name: string): string => join(host.root, 'www/.site/releases', name);
	for (const name of ['one', 'two']) {
		mkdirSync(release(name), {recursive: true});
		writeFileSync(join(release(name), 'server.js'), server);
		writeFileSync(join(release(name), 'port'), String(port));
	}
	host.sh('ln -s .site/releases/one www/site && mkdir -p .pm2 state/jobs/run');
	const listFile = join(host.root, '.pm2/list.json');
	const orphans: number[] = [];
	const pm2: Pm2Host = {
		...host,
		live,
		release,
		app: {
			state: {directory: 'state', app: 'frontend', run: 'run'},
			live,
			target: {pm2: 'pm2', node: 'node', port, pm2Names: ['other', 'site']},
		},
		list: () => JSON.parse(readFileSync(listFile, 'utf8')) as ListedApp[],
		setList: apps =>
			writeFileSync(
				listFile,
				JSON.stringify(
					apps.map(app => ({
						script: join(live, 'server.js'),
						cwd: live,
						mode: 'fork_mode',
						status: 'stopped',
						pid: 0,
						restarts: 0,
						...app,
					})),
				),
			),
		calls: () =>
			existsSync(join(host.root, 'calls'))
				? readFileSync(join(host.root, 'calls'), 'utf8').trim().split('\n')
				: [],
		orphan: async name => {
			const child = spawn(process.execPath, ['server.js'], {cwd: release(name), stdio: 'ignore', detached: true});
			orphans.push(child.pid ?? 0);
			while (!(await answers(port))) await new Promise(resolve => setImmediate(resolve));
			return child.pid ?? 0;
		},
		[Symbol.asyncDispose]: async () => {
			for (const pid of [...orphans, ...pm2.list().map(app => app.pid)]) {
				if (pid < 2) continue;
				try {
					process.kill(pid, 'SIGKILL');
				} catch {
					// Ended by the test.
				}
			}
			await host[Symbol.asyncDispose]();
		},
	};
	pm2.setList(names.map(name => ({name})));
	return pm2;
};

/** Body of the answer; undefined when nobody answers. */
export const answers = async (port: number): Promise<string | undefined> => {
	try {
		return await (await fetch(`http://127.0.0.1:${port}`)).text();
	} catch {
		return undefined;
	}
};
