import {randomBytes} from 'node:crypto';
import {open, type FileHandle} from 'node:fs/promises';
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect} from 'vitest';
import {runCockpit, startCockpit, type Finished, type RunningCockpit} from './cockpit.ts';
import {startHoldingProxy, type HoldingProxy} from './holding-proxy.ts';
import {makeSourceRepository, type Changes, type SourceRepository} from './real-host/make-source-repository.ts';
import {startRealHost, type RealHost} from './real-host/start-real-host.ts';
import {writeConfig} from './real-host/write-config.ts';
import {until} from './wait.ts';

export const live = '/var/www/qsights/backend';
export const base = '/var/www/qsights/.backend';
export const state = '/home/ubuntu/.cockpit/qsights/preprod';

export type Entry = {readonly type: string; readonly actor: {readonly name: string}; readonly data: {run: string}};

/** What of a release must be the same however its run went: kinds, modes, owners, targets, contents. */
export type Tree = readonly string[];

export type Gate = {
	/** Lets the one who waits go on. */
	open(): Promise<void>;
};

export type Lab = {
	readonly host: RealHost;
	readonly proxy: HoldingProxy;
	readonly repository: SourceRepository;
	/** Another engineer: own home, own name, a way to the host that does not lead through the proxy. */
	engineer(name: string): Promise<Engineer>;
	readonly ravi: Engineer;
	/** Runs a shell script in the host, as root. Throws when it fails. */
	sh(script: string, ...parameters: readonly string[]): Promise<string>;
	/** Makes composer (at its end) or the first reload of the swap (after the rename) wait; resolves once it does. */
	hold(what: 'composer' | 'reload'): Promise<Gate>;
	readTree(): Promise<Tree>;
	/** Everything that was started in the host over ssh and is still alive. */
	processes(): Promise<string>;
	ledger(run: string): Promise<readonly string[]>;
	composerRuns(): Promise<number>;
	startedJobs(run: string): Promise<readonly string[]>;
	/** Resolves once nothing started over ssh is alive. */
	quiet(): Promise<void>;
	/** No lock, no candidate, no half-written file, no process. */
	expectTidy(): Promise<void>;
	/** What the engineer's machine kept of each job's output is what the host has, byte for byte. */
	expectMirrors(engineer: Engineer, run: string): Promise<void>;
	stop(): Promise<void>;
};

export type Engineer = {
	readonly home: string;
	readonly name: string;
	start(...args: readonly string[]): RunningCockpit;
	run(...args: readonly string[]): Promise<Finished>;
};

/** Programs of the host that note each call, or wait at a fifo, and then become the real ones. */
const instrument = `
set -e
mv /usr/bin/composer /usr/bin/composer.real
cat >/usr/bin/composer <<'C'
#!/bin/sh
echo "$*" >>/var/log/composer-calls
exec /usr/bin/composer.real "$@"
C
mv /usr/bin/systemctl /usr/bin/systemctl.real
cat >/usr/bin/systemctl <<'C'
#!/bin/sh
if [ "$1" = reload ] && [ -p /run/real-host/reload-gate ]; then cat /run/real-host/reload-gate; fi
exec /usr/bin/systemctl.real "$@"
C
chmod 755 /usr/bin/composer /usr/bin/systemctl
install -m 666 /dev/null /var/log/composer-calls
`;

/**
 * Prints one line per path. Replaced: the release's own id, which caches and compiled views hold, the names of compiled
 * views, which are made from it. Compared by size are cached routes, whose closures PHP numbers and signs anew, and the
 * loaders of composer, whose names it draws by lot where no lock file says them.
 */
const describeTree = String.raw`
use strict; use warnings; use File::Find; use Digest::SHA 'sha256_hex';
my ($id) = readlink('${live}') =~ m{([^/]+)$};
for my $root ('${live}/', '${base}/shared') {
	find({no_chdir => 1, wanted => sub {
		my $path = $_;
		return if $path =~ m{/shared/storage/(logs|framework)/};
		my @s = lstat $path or die "$path: $!";
		my $line = sprintf '%s %o %d:%d ', $path =~ s/\Q$root\E//r, $s[2], $s[4], $s[5];
		if (-l _) { $line .= readlink $path }
		elsif (-f _) { open my $f, '<:raw', $path or die "$path: $!"; local $/; my $c = <$f>; $c =~ s/\Q$id\E/RELEASE/g; $line .= $path =~ m{/routes-v7.php$|/vendor/(?:autoload|composer/autoload_(?:real|static)).php$} ? length $c : sha256_hex($c) }
		$line =~ s/\Q$id\E/RELEASE/g;
		$line =~ s{(framework/views/)[0-9a-f]{40}}{$1VIEW};
		print "$line\n";
	}}, $root);
}
`;

/** A build of a few megabytes in many files, none of which another one has alike: a deploy sends all of them. */
export const bulk = (): Changes => ({
	...Object.fromEntries(
		Array.from({length: 150}, (_, index) => [`resources/data/part-${index}.txt`, randomBytes(600).toString('hex')]),
	),
	...Object.fromEntries(
		['a', 'b', 'c'].map(name => [`resources/data/bulk-${name}.txt`, randomBytes(1024 * 1024).toString('latin1')]),
	),
});

const engineers = (directory: string) => {
	let count = 0;
	return async (name: string, config: string): Promise<Engineer> => {
		count += 1;
		const home = join(directory, `home-${count}`);
		await mkdir(home);
		const options = {config, home, environment: {GIT_CONFIG_VALUE_0: name}};
		return {
			home,
			name,
			start: (...args) => startCockpit(args, options),
			run: async (...args) => runCockpit(args, options),
		};
	};
};

/** A real host behind a proxy, adopted, with two builds to deploy in turn. */
export const startLab = async (name: string): Promise<Lab> => {
	const directory = await mkdtemp(join(tmpdir(), 'cockpit-survival-'));
	const host = await startRealHost({name});
	const proxy = await startHoldingProxy({host: host.ip, port: host.sshPort});
	const knownHosts = join(directory, 'known_hosts');
	await writeFile(knownHosts, `[127.0.0.1]:${proxy.port} ${host.hostPublicKey}\n`);
	const repository = await makeSourceRepository(join(directory, 'project'), 'v1');
	const [config, direct] = [join(directory, 'config'), join(directory, 'direct')];
	const overrides = {apps: {backend: {source: repository.backend, health: {within: '3s'}}}};
	await writeConfig(config, {...host, ip: '127.0.0.1', sshPort: proxy.port, knownHosts}, overrides);
	await writeConfig(direct, host, overrides);
	const engineer = engineers(directory);
	const ravi = await engineer('Ravi', config);

	const sh = async (script: string, ...parameters: readonly string[]): Promise<string> => {
		const {code, stdout, stderr} = await host.exec(['sh', '-c', script, 'sh', ...parameters]);
		if (code !== 0) throw new Error(`${script}\nexited with ${code}: ${stderr}`);
		return stdout.trim();
	};
	const lines = async (script: string, ...parameters: readonly string[]): Promise<readonly string[]> =>
		(await sh(script, ...parameters)).split('\n').filter(line => line !== '');

	await sh(instrument);
	const adopted = await ravi.run('adopt', '--env', 'preprod');
	if (adopted.code !== 0) throw new Error(adopted.stderr);

	const hold: Lab['hold'] = async what => {
		const gate = `/run/real-host/${what}-gate`;
		await sh('mkfifo -m 666 "$1"', gate);
		// Opening it for writing waits for the one who reads: that is the moment it holds.
		const handle: FileHandle = await open(join(host.root, gate), 'w');
		await sh('rm "$1"', gate);
		return {open: async () => handle.close()};
	};
	const processes = async (): Promise<string> =>
		sh(
			'ps -eo user:12,args --no-headers | grep -E "^(ubuntu|www-data) |^root +sudo " | grep -v -e "php-fpm: pool" -e "nginx: worker" || true',
		);
	// A whole release is removed behind the run: on a slow disk that takes its time.
	const quiet = async (): Promise<void> => {
		let left = '';
		const isQuiet = async (): Promise<boolean> => (left = await processes()) === '';
		await until('the processes of the run to end', isQuiet, {within: 90_000, show: () => left});
	};
	return {
		host,
		proxy,
		repository,
		ravi,
		engineer: async who => engineer(who, direct),
		sh,
		hold,
		readTree: async () => {
			const {code, stdout, stderr} = await host.exec(['perl', '-e', describeTree]);
			if (code !== 0) throw new Error(stderr);
			return stdout.trim().split('\n').sort();
		},
		processes,
		ledger: async run =>
			(await lines('cat "$1/ledger.jsonl"', state))
				.map(line => JSON.parse(line) as Entry)
				.filter(({data}) => data.run === run)
				.map(({type, actor}) => `${type} by ${actor.name}`),
		composerRuns: async () =>
			(await lines('cat /var/log/composer-calls')).filter(l => l.startsWith('install')).length,
		startedJobs: async run =>
			lines('cd "$1/jobs/$2" && for job in */started; do dirname "$job"; done | sort', state, run),
		quiet,
		expectTidy: async () => {
			await quiet();
			expect(await sh('ls "$1/lock"', state)).toBe('backend.flock\nbackend.token');
			expect(await sh('ls "$1"', base)).toBe('composer\nowner\nreleases\nshared');
			expect(
				await lines(
					'for r in "$1"/releases/*; do [ -e "$2/manifests/backend/${r##*/}" ] || echo "$r"; done',
					base,
					state,
				),
			).toEqual([]);
			expect(await lines('find "$1" "$2" /home/ubuntu/backups -name "*.part"', base, state)).toEqual([]);
		},
		expectMirrors: async ({home}, run) => {
			const jobs = await lines('cd "$1/jobs/$2" && ls -d */ | tr -d /', state, run);
			expect(jobs).toContain('close');
			for (const job of jobs) {
				const there = await readFile(join(host.root, state, 'jobs', run, job, 'log'));
				const here = await readFile(join(home, 'state/cockpit/qsights/preprod/runs', run, `${job}.out`));
				expect(here.equals(there), `output of ${job}`).toBe(true);
			}
		},
		stop: async () => {
			await proxy.stop();
			await host.stop();
			await rm(directory, {recursive: true, force: true});
		},
	};
};

export const deploy = ['deploy', 'backend', '--env', 'preprod', '--confirm', 'yes', '--json'] as const;

/** Id of the run a process has started. */
export const runOf = async (cockpit: RunningCockpit): Promise<string> => {
	const {record} = await cockpit.waitFor(({type}) => type === 'run.started');
	return (record as {run: string}).run;
};

/** Resolves once the process has said `text` on standard error. Ask before what makes it speak. */
export const heard = async ({child, finished}: RunningCockpit, text: string): Promise<void> =>
	new Promise((resolve, reject) => {
		let said = '';
		child.stderr?.on('data', (chunk: string) => {
			said += chunk;
			if (said.includes(text)) resolve();
		});
		void finished.then(({code}) => reject(new Error(`cockpit ended with ${code} and said only: ${said}`)));
	});
