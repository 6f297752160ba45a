import {chmod, copyFile, mkdtemp, rm} from 'node:fs/promises';
import {get} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setInterval} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {releaseLayout} from '../../src/commands/release-layout.ts';
import {renderCommand} from '../../src/commands/shell.ts';
import {prepareLink, swapLink} from '../../src/commands/releases/swap.ts';
import {runCockpit} from '../support/cockpit.ts';
import {makeSourceRepository, type SourceRepository} from '../support/real-host/make-source-repository.ts';
import {realHostUnavailable} from '../support/real-host/real-host-unavailable.ts';
import {startRealHost, type RealHost} from '../support/real-host/start-real-host.ts';
import {writeConfig} from '../support/real-host/write-config.ts';

const why = realHostUnavailable();
const live = '/var/www/qsights/backend';
const base = '/var/www/qsights/.backend';
/** In v1, not in v2. */
const dropped = 'app/Http/Controllers/LegacyReportController.php';
const state = '/home/ubuntu/.cockpit/qsights/preprod';
const deployArguments = ['deploy', 'backend', '--env', 'preprod', '--confirm', 'yes'] as const;

/** Path, type, mode, owner, link target and digest of every file below a directory, symlinks of the layout followed. */
const treeScript = `
cd -- "$1" && shift
find -L . "$@" -type f -printf '%P %m %u:%g\\n' | LC_ALL=C sort
find -L . "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
`;

const asks = (url: string): Promise<string> =>
	new Promise(resolve => {
		const request = get(url, {agent: false, timeout: 10_000}, response => {
			response.resume();
			response.on('end', () => resolve(String(response.statusCode)));
		});
		request.on('timeout', () => request.destroy(new Error('no answer in 10 s')));
		request.on('error', ({message}) => resolve(message));
	});

/** What differs from run to run: ids, times, names made of them. */
const normalise = (line: string): string =>
	line
		.replaceAll(/\d{8}T\d{6}Z-backend-[\da-f]{4}/g, 'RUN')
		.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'STARTED')
		.replaceAll(/\d{8}T\d{6}Z/g, 'STAMP')
		.replaceAll(/backend_\d{8}_\d{6}/g, 'BACKUP');

describe.skipIf(why !== undefined)(
	`backend to pre-prod on a real host${why === undefined ? '' : ` (${why})`}`,
	{timeout: 120_000},
	() => {
		let host: RealHost;
		let home: string;
		let repository: SourceRepository;
		const cockpit = (...args: string[]) => runCockpit(args, {config: repository.directory, home});
		const onHost = async (...argv: [string, ...string[]]): Promise<string> => {
			const {code, stdout, stderr} = await host.exec(argv);
			if (code !== 0) throw new Error(`${argv.join(' ')}: ${code}\n${stderr}`);
			return stdout.trim();
		};
		const sh = (script: string, ...args: string[]): Promise<string> => onHost('bash', '-c', script, 'sh', ...args);
		const tree = (directory: string, ...prune: string[]): Promise<string> => sh(treeScript, directory, ...prune);

		beforeAll(async () => {
			home = await mkdtemp(join(tmpdir(), 'cockpit-deploy-'));
			host = await startRealHost({name: 'preprod-1'});
			repository = await makeSourceRepository(join(home, 'project'), 'v2');
			await writeConfig(repository.directory, host);
		});
		afterAll(async () => {
			await host.stop();
			await rm(home, {recursive: true, force: true});
		});

		test('adopt keeps every file, owner, mode and upload inode, and --undo puts the directory back', async () => {
			const before = await tree(live);
			const inode = await sh(`stat -c %i "${live}"/public/uploads/*`);

			const adopted = await cockpit('adopt', '--env', 'preprod');
			expect(adopted.stderr).toBe('');
			expect(adopted.code).toBe(0);
			expect(await onHost('readlink', live)).toMatch(/^\.backend\/releases\/\d{8}T\d{6}Z-adopted$/);
			expect(await tree(live)).toBe(before);
			expect(await sh(`stat -c %i "${live}"/public/uploads/*`)).toBe(inode);

			await sh(
				`echo later >"${live}/public/uploads/later.txt"; chown www-data: "${live}/public/uploads/later.txt"`,
			);
			const undone = await cockpit('adopt', '--env', 'preprod', '--undo');
			expect(undone.code).toBe(0);
			expect(await onHost('stat', '-c', '%F', live)).toBe('directory');
			expect(await sh(`rm "${live}/public/uploads/later.txt"; test ! -e ${base} && echo gone`)).toBe('gone');
			expect(await tree(live)).toBe(before);
			expect(await asks(`${host.url}/api/health`)).toBe('200');
		});

		test('deploy brings the build, removes what it dropped, keeps .env, storage and uploads', async () => {
			expect((await cockpit('adopt', '--env', 'preprod')).code).toBe(0);
			const kept = (): Promise<string> =>
				sh(`cd ${live} && sha256sum .env $(find storage/app/ public/uploads/ -type f | sort)`);
			const before = await kept();
			const answers: string[] = [];
			const deploying = new AbortController();
			const polling = (async () => {
				// At a pace: a poller that takes a whole core would measure itself.
				for await (const _ of setInterval(20, undefined, {signal: deploying.signal}))
					answers.push(await asks(`${host.url}/api/health`));
			})().catch(() => undefined);

			const {code, stdout, stderr} = await cockpit(...deployArguments).finally(() => deploying.abort());
			await polling;

			expect(stderr).toBe('');
			expect(code).toBe(0);
			expect(stdout).toContain('8/8 Verify');
			expect(stdout).toContain(host.url);
			expect(await onHost('cat', `${live}/VERSION`)).toBe('v2');
			expect(await kept()).toBe(before);
			expect(await sh(`ls ${base}/releases/*-adopted/${dropped}; ls ${live}/${dropped} 2>&1 || true`)).toMatch(
				/No such file/,
			);
			const failed = answers.filter(answer => answer !== '200');
			console.log(
				`health answered during the deploy: ${answers.length} times, not 200: ${failed.length} ${failed.join(' ')}`,
			);
			expect(failed.length).toBeLessThan(answers.length / 10);
		});

		test('live is what the commit holds, owned and with modes as configured', async () => {
			const tracked = await sh(
				`cd ${live} && find . -path ./vendor -prune -o -path ./storage -prune -o -path ./bootstrap/cache -prune -o -path ./public/uploads -prune -o -type f -printf '%u:%g %m\\n' | sort | uniq -c`,
			);

			expect(tracked.split('\n').map(line => line.trim().replace(/^\d+ /, ''))).toEqual([
				'www-data:www-data 644',
				'www-data:www-data 755',
			]);
			expect(
				await sh(
					`cd ${live} && find . -type f -perm -100 -not -path './vendor/*' -not -path './bootstrap/cache/*' -printf '%P\\n'`,
				),
			).toBe('artisan');
			expect(await sh(`cd ${live} && sudo -u www-data php artisan --version`)).toContain('Laravel');
			expect(await sh(`grep -c ${base}/releases ${live}/bootstrap/cache/config.php`)).not.toBe('0');
			expect(await sh(`grep -l adopted ${live}/bootstrap/cache/*.php || true`)).toBe('');
		});

		test('the backup, mode 0600 with its .json, restores to the tree that was live', async () => {
			const [archive = ''] = (await sh(`ls -t /home/ubuntu/backups/preprod/*.tar.gz`)).split('\n');
			const about = JSON.parse(await onHost('cat', archive.replace(/\.tar\.gz$/, '.json'))) as Record<
				string,
				unknown
			>;
			const previous = await onHost('cat', `${state}/previous-backend`);
			// The last deploy's queue:restart wrote to the cache after the backup was made.
			const without = ['./vendor', './storage/logs', './storage/framework/cache'].flatMap(path => [
				'-path',
				path,
				'-prune',
				'-o',
			]);

			expect(await onHost('stat', '-c', '%a %U', archive)).toBe('600 ubuntu');
			expect(about).toMatchObject({
				sha256: (await onHost('sha256sum', archive)).slice(0, 64),
				sizeBytes: Number(await onHost('stat', '-c', '%s', archive)),
				release: previous,
				by: 'Ravi',
			});
			await sh(
				`rm -rf /home/ubuntu/restored && mkdir /home/ubuntu/restored && tar -xpzf ${archive} -C /home/ubuntu/restored`,
			);
			expect(await onHost('ls', '-A', '/home/ubuntu/restored')).toBe('backend');
			expect(await tree('/home/ubuntu/restored/backend', ...without)).toBe(
				await tree(`${base}/releases/${previous}`, ...without),
			);
		});

		test('--plan connects to nothing and equals what sshd executed', async () => {
			await host.clearRecord();
			const plan = await cockpit(...deployArguments, '--plan', '--json');
			expect(await host.readRecord()).toEqual([]);
			const planned = plan.events
				.filter(({on, when}) => on === 'host' && when === undefined)
				.map(({line}) => normalise(String(line)));

			const {code} = await cockpit(...deployArguments);
			// What the gates ask before the words and again under the lock changes nothing and is no step of the run.
			const executed = (await host.readRecord())
				.map(({line}) => normalise(line ?? ''))
				.filter(line => !/ (?:ask-for-the-status|read-the-ledger|stay-known|ask-for-runs) /.test(line));
			// Before the run begins, what is pending is told; the run asks for it anew.
			const told = executed.findIndex(line => line.includes(' ask-which-migrations-ran '));
			expect(executed.splice(told, 1)).toHaveLength(1);

			expect(code).toBe(0);
			expect(planned.length).toBeGreaterThan(8);
			expect([...executed].sort()).toEqual([...planned].sort());
			// Backup and upload overlap; everything else keeps the order of the plan.
			const order = (lines: readonly string[]): string[] => lines.filter(line => !line.includes(' back-up 1 '));
			expect(order(executed)).toEqual(order(planned));
		});

		test('the script left on the host goes back without the cockpit', async () => {
			const previous = await onHost('cat', `${state}/previous-backend`);
			const said = await sh(`su - ubuntu -c 'sh ${state}/rollback-backend.sh'`);

			expect(said).toContain(`live is now ${base}/releases/${previous}`);
			expect(await onHost('readlink', '-f', live)).toBe(`${base}/releases/${previous}`);
			expect(await asks(`${host.url}/api/health`)).toBe('200');
		});

		test('200 swaps at full speed: no reader finds a missing or mixed tree, no upload is lost', async () => {
			const layout = releaseLayout({path: live});
			const claim = {project: 'qsights', environment: 'preprod', app: 'backend', stateDirectory: state, layout};
			await sh(
				`cd ${base}/releases && for v in swap-a swap-b; do mkdir $v && mkdir $v/public && ln -s ../../../shared/public/uploads $v/public/uploads && for f in 1 2 3; do echo $v >$v/$f; done; done`,
			);
			const pair = ['swap-a', 'swap-b'].flatMap(release =>
				[prepareLink(layout, release), swapLink(claim)].map(renderCommand),
			);
			const swaps = ['n=0', 'while [ $n -lt 100 ]; do', ...pair, 'n=$((n + 1))', 'done'];
			// This Node may live where the host's own /tmp hides it.
			const node = '/usr/local/bin/node-of-the-test';
			await copyFile(process.execPath, join(host.root, node));
			await chmod(join(host.root, node), 0o755);
			const reader = `
			const fs = require('node:fs'); let reads = 0, missing = 0, mixed = 0;
			process.on('SIGTERM', () => { console.log(JSON.stringify({reads, missing, mixed})); process.exit(); });
			const tick = () => { for (let i = 0; i < 50; i++) { reads++;
				try { const dir = fs.realpathSync('${live}'); const seen = new Set([1, 2, 3].map(f => fs.readFileSync(dir + '/' + f, 'utf8'))); if (seen.size > 1) mixed++; fs.readFileSync('${live}/1'); } catch { missing++; } }
				setImmediate(tick); }; tick();`;
			const writer = `
			const fs = require('node:fs'); let writes = 0, failed = 0;
			process.on('SIGTERM', () => { console.log(JSON.stringify({writes, failed})); process.exit(); });
			const tick = () => { for (let i = 0; i < 20 && writes < 50000; i++) { try { fs.writeFileSync('${live}/public/uploads/w' + writes, String(writes)); writes++; } catch { failed++; } } setImmediate(tick); }; tick();`;
			await sh(`ln -sfn .backend/releases/swap-b ${base}/next && mv -fT ${base}/next ${live}`);
			const out = await sh(
				`nice -n 19 "$1" -e "$2" >/tmp/reader & r=$!; nice -n 19 "$1" -e "$3" >/tmp/writer & w=$!
			until [ -e ${live}/public/uploads/w20 ]; do kill -0 $w || exit 1; done
			su ubuntu -c "$4"; kill $r $w; wait $r $w; cat /tmp/reader /tmp/writer; ls ${base}/shared/public/uploads | grep -c '^w[0-9]'`,
				node,
				reader,
				writer,
				swaps.join('\n'),
			);
			const [read = '', wrote = '', kept = ''] = out.split('\n');
			console.log(`200 swaps: ${read} ${wrote} kept ${kept}`);

			expect(JSON.parse(read)).toMatchObject({missing: 0, mixed: 0});
			expect(JSON.parse(wrote)).toMatchObject({failed: 0});
			expect(Number(kept)).toBe((JSON.parse(wrote) as {writes: number}).writes);
		}, 120_000);

		test('nothing is left behind: no lock, no candidate, ledger a chain', async () => {
			expect(await sh(`ls ${state}/lock | grep -v -e flock -e token || true`)).toBe('');
			expect(await sh(`ls ${base}; pgrep -u ubuntu -f cockpit || true`)).toBe(
				'composer\nowner\nreleases\nshared',
			);
			const chain = await sh(
				`prev=; n=0; while IFS= read -r line; do n=$((n+1)); case $line in '{"seq":'$n','*'"prev":"'$(printf %s "$prev" | sha256sum | cut -c 1-64)'"'*) ;; *) echo "broken at $n";; esac; prev=$line; done <${state}/ledger.jsonl; echo $n`,
			);
			expect(Number(chain)).toBeGreaterThan(6);
		});
	},
);
