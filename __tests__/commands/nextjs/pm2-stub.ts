import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Pm2App} from '../../../src/commands/nextjs/pm2.ts';
import {freePort} from '../../../src/sandbox/listen.ts';
import {until} from '../../support/wait.ts';
import {createHostDirectory, type HostDirectory} from '../host-directory.ts';

/**
 * As much of PM2 as one call needs: a file per app, real processes, and `jlist` with every process's environment.
 * In sh, because a Node takes longer to start than most of these tests. The real one is met by the system tests.
 */
const stub = String.raw`#!/bin/sh
verb=$1 wanted=$2
echo "$*" >>"$HOME/calls"
cd "$HOME/.pm2/apps" || exit 1
load() { { read -r name; read -r script; read -r cwd; read -r mode; read -r status; read -r pid; read -r restarts; } <"$1"; }
keep() { printf '%s\n' "$name" "$script" "$cwd" "$mode" "$status" "$pid" "$restarts" >"$1"; }
is_there() { read -r stat <"/proc/$1/stat" && case $stat in *') Z '*) false ;; esac; } 2>/dev/null
end() {
	is_there "$1" || return 0
	kill -KILL "$1"
	while is_there "$1"; do sleep 0.01; done
}
begin() {
	(cd "$cwd" && exec node "$script") </dev/null >/dev/null 2>&1 &
	pid=$! status=online
}
case $verb in
	save) exit ;;
	jlist)
		echo '[PM2] a word before the list'
		list=[
		for id in *; do
			load "$id"
			about='{"name":"%s","pid":%s,"pm_id":%s,"pm2_env":{"status":"%s","exec_mode":"%s","restart_time":%s,"pm_cwd":"%s","pm_exec_path":"%s"'
			printf "$list$about"',"args":["start"],"node_version":"20.0.0","env":{"SECRET":"hunter2"},"SECRET":"hunter2"}}' \
				"$name" "$pid" "$id" "$status" "$mode" "$restarts" "$cwd" "$script"
			list=,
		done
		echo ']'
		exit ;;
esac
found=
for id in *; do
	load "$id"
	[ "$name" = "$wanted" ] && ! [ -e "$HOME/refuse-$verb" ] || continue
	found=1 old=$pid
	[ "$verb" = reload ] || end "$old"
	case $verb in
		stop) status=stopped pid=0 ;;
		start) begin ;;
		restart) begin; restarts=$((restarts + 1)) ;;
		reload) begin; restarts=$((restarts + 1)); end "$old" ;;
	esac
	keep "$id"
done
[ "$found" ] || { echo "[PM2][ERROR] Process or Namespace $wanted not found" >&2; exit 1; }
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
	readonly mode: string;
	readonly status: string;
	readonly pid: number;
	readonly restarts: number;
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
	symlinkSync('.site/releases/one', live);
	for (const path of ['.pm2/apps', 'state/jobs/run']) mkdirSync(join(host.root, path), {recursive: true});
	const apps = join(host.root, '.pm2/apps');
	const orphans: number[] = [];
	const pm2: Pm2Host = {
		...host,
		live,
		release,
		app: {
			state: {directory: 'state', app: 'frontend', run: 'run'},
			target: {path: live, pm2: 'pm2', node: 'node', port, pm2Names: ['other', 'site']},
		},
		list: () =>
			readdirSync(apps)
				.toSorted()
				.map(id => {
					const [name = '', script = '', cwd = '', mode = '', status = '', pid, restarts] = readFileSync(
						join(apps, id),
						'utf8',
					).split('\n');
					return {name, script, cwd, mode, status, pid: Number(pid), restarts: Number(restarts)};
				}),
		setList: listed => {
			rmSync(apps, {recursive: true, force: true});
			mkdirSync(apps, {recursive: true});
			for (const [id, app] of listed.entries()) {
				const {name = '', script = join(live, 'server.js'), cwd = live, mode = 'fork_mode'} = app;
				const {status = 'stopped', pid = 0, restarts = 0} = app;
				const lines = [name, script, cwd, mode, status, pid, restarts];
				writeFileSync(join(apps, String(id)), lines.map(line => `${line}\n`).join(''));
			}
		},
		calls: () =>
			existsSync(join(host.root, 'calls'))
				? readFileSync(join(host.root, 'calls'), 'utf8').trim().split('\n')
				: [],
		orphan: async name => {
			const child = spawn(process.execPath, ['server.js'], {cwd: release(name), stdio: 'ignore', detached: true});
			orphans.push(child.pid ?? 0);
			await until(`an answer on port ${port}`, () => answers(port));
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
