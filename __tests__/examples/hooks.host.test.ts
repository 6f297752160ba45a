import {chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {once} from 'node:events';
import {createServer, type IncomingHttpHeaders} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {expect, test} from 'vitest';
import {createTemporaryDirectory} from '../services/local/temporary-repository.ts';
import {runProgram} from '../support/run-program.ts';

const facts = {
	COCKPIT_MOMENT: 'afterDeploy',
	COCKPIT_PROJECT: 'qsights',
	COCKPIT_ENVIRONMENT: 'preprod',
	COCKPIT_APP: 'backend',
	COCKPIT_RUN: '20260210T055341Z-backend-9b1d',
	COCKPIT_KIND: 'deploy',
	COCKPIT_STARTED_AT: '2026-02-10T05:53:41Z',
	COCKPIT_COMMIT: '4e81d0c8f3b2a1908f7e6d5c4b3a291807f6e5d4',
	COCKPIT_RELEASE: '20260210T055341Z-4e81d0c',
	COCKPIT_PREVIOUS: '20260203T055341Z-1c0ffee',
	COCKPIT_ACTOR: 'Asha "the\\one" Rao',
};

/** A machine with programs of its own in front of the PATH, and what was told to them. */
const machine = () => {
	const directory = createTemporaryDirectory();
	const bin = join(directory.path, 'bin');
	const log = join(directory.path, 'log');
	mkdirSync(bin);
	writeFileSync(log, '');
	/** `program`: shell, with all it was called with in "$@"; it is written down before. */
	const install = (name: string, program: string): void => {
		writeFileSync(join(bin, name), `#!/bin/sh\nprintf '%s\\n' "${name} $*" >>${log}\n${program}\n`);
		chmodSync(join(bin, name), 0o755);
	};
	const run = async (
		hook: string,
		args: readonly string[],
		variables: Readonly<Record<string, string>> = {},
		input = '',
	) => {
		const ended = await runProgram([join(process.cwd(), 'examples/hooks', hook), ...args], {
			cwd: directory.path,
			env: {
				PATH: `${bin}:${process.env['PATH'] ?? ''}`,
				HOME: directory.path,
				TMPDIR: directory.path,
				...facts,
				...variables,
			},
			input,
		});
		return {...ended, lines: ended.stdout.trimEnd().split('\n')};
	};
	return {
		path: directory.path,
		install,
		run,
		/** What the installed programs were called with, a line each. */
		calls: () => readFileSync(log, 'utf8').trimEnd().split('\n'),
		[Symbol.dispose]: directory[Symbol.dispose],
	};
};

type Asked = {readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: unknown};

/** A server that takes JSON and keeps it. */
const service = async (codeFor: (url: string, number: number) => number = () => 200) => {
	const asked: Asked[] = [];
	const server = createServer((request, response) => {
		void text(request).then(body => {
			const {url = '', headers} = request;
			asked.push({url, headers, body: body === '' ? undefined : JSON.parse(body)});
			response.writeHead(codeFor(url, asked.length)).end('{"detail":"so it is"}');
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		asked,
		[Symbol.asyncDispose]: async () => {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
};

const withCurl = test.skipIf(!existsSync('/usr/bin/curl'));

/** Curl as it is, with what it was called with written down. */
const realCurl = 'exec /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin curl "$@"';

const snapshot = 'qsights-db-before-20260210t055341z-backend-9b1d';
const rds = ['RDS_INSTANCE=qsights-db', 'AWS_REGION=ap-south-1'];

test('rds-snapshot: takes one, waits for it, sees that it can be restored, and keeps its name', async () => {
	using at = machine();
	at.install('aws', `case $2 in describe-db-snapshots) printf 'qsights-db\\tavailable\\n' ;; esac`);
	const {code, lines, stderr} = await at.run('rds-snapshot', rds);

	expect({code, stderr}).toEqual({code: 0, stderr: ''});
	expect(at.calls()).toEqual([
		`aws rds create-db-snapshot --region ap-south-1 --db-instance-identifier qsights-db --db-snapshot-identifier ${snapshot} --tags Key=cockpit-run,Value=${facts.COCKPIT_RUN} --output text`,
		`aws rds wait db-snapshot-available --region ap-south-1 --db-snapshot-identifier ${snapshot}`,
		`aws rds describe-db-snapshots --region ap-south-1 --db-snapshot-identifier ${snapshot} --query DBSnapshots[0].[DBInstanceIdentifier,Status] --output text`,
	]);
	expect(lines.slice(-2)).toEqual([
		`cockpit-keep database-snapshot=${snapshot}`,
		`cockpit-keep database-restore=aws rds restore-db-instance-from-db-snapshot --region ap-south-1 --db-instance-identifier qsights-db-restored --db-snapshot-identifier ${snapshot}`,
	]);
});

test('rds-snapshot: one that was begun before is waited for', async () => {
	using at = machine();
	at.install(
		'aws',
		`case $2 in
			create-db-snapshot) echo 'An error occurred (DBSnapshotAlreadyExists)' >&2; exit 254 ;;
			describe-db-snapshots) printf 'qsights-db\\tavailable\\n' ;;
		esac`,
	);
	const {code, lines} = await at.run('rds-snapshot', [], {RDS_INSTANCE: 'qsights-db', AWS_REGION: 'ap-south-1'});

	expect(code).toBe(0);
	expect(lines).toContain(`cockpit-keep database-snapshot=${snapshot}`);
});

test.each([
	[
		'it could not be begun: An error occurred (AccessDenied)',
		`echo 'An error occurred (AccessDenied)' >&2; exit 254`,
	],
	['did not become available', '[ "$2" != wait ]'],
	['AWS says other-db', `[ "$2" != describe-db-snapshots ] || printf 'other-db\\tavailable\\n'`],
	['AWS says qsights-db\tfailed', `[ "$2" != describe-db-snapshots ] || printf 'qsights-db\\tfailed\\n'`],
])('rds-snapshot: fails, and keeps nothing: %s', async (why, aws) => {
	using at = machine();
	at.install('aws', aws);
	const {code, stdout, stderr} = await at.run('rds-snapshot', rds);

	expect(code).toBe(1);
	expect(stderr).toContain(why);
	expect(stdout).not.toContain('cockpit-keep');
});

test.each([
	['rds-snapshot', [], 'RDS_INSTANCE is not set'],
	['rds-snapshot', ['RDS_INSTANCE=x'], 'AWS_REGION is not set'],
	['rds-snapshot', ['PATH=/tmp'], 'what is PATH=/tmp?'],
	['copy-backup-off-host', [], 'BACKUP_TARGET is not set'],
	['copy-backup-off-host', ['BACKUP_TARGET=s3://b'], 'COCKPIT_BACKUP is empty'],
	['error-tracker-release', ['SENTRY_ORG=o'], 'SENTRY_AUTH_TOKEN is not set'],
	['error-tracker-release', ['SENTRY_AUTH_TOKEN=very-secret'], 'what is SENTRY_AUTH_TOKEN? '],
	['monitoring-marker', ['MARKER_KIND=grafana'], 'MARKER_URL is not set'],
	['monitoring-marker', ['MARKER_KIND=grafana', 'MARKER_URL=http://127.0.0.1:9'], 'MARKER_TOKEN is not set'],
	['test-suite', [], 'no command is named'],
	['test-suite', ['no-such-program'], 'COCKPIT_SITE is not set'],
	['latency-benchmark', [], 'neither BENCH_URL nor COCKPIT_SITE is set'],
	['latency-benchmark', ['BENCH_URL=http://127.0.0.1:9'], 'BENCH_P95_MS is not set'],
	['latency-benchmark', ['BENCH_URL=http://127.0.0.1:9', 'BENCH_P95_MS=fast'], 'fast is no number'],
])('%s %j: ends with a word before it does anything', async (hook, args, why) => {
	using at = machine();
	for (const name of ['aws', 'rclone', 'rsync', 'curl']) at.install(name, '');
	const {code, stdout, stderr} = await at.run(hook, args);

	expect({code, stdout}).toEqual({code: 1, stdout: ''});
	expect(stderr).toContain(`${hook}: ${why}`);
	expect(stderr).not.toContain('very-secret');
	expect(at.calls()).toEqual(['']);
});

/** A backup of a run, and a shelf elsewhere. */
const backupOn = (path: string): {readonly backup: string; readonly shelf: string} => {
	const backup = join(path, 'backend_20260210_112341.tar.gz');
	writeFileSync(backup, 'an archive\n');
	mkdirSync(join(path, 'shelf'));
	return {backup, shelf: join(path, 'shelf')};
};

test.each([
	[
		's3',
		(shelf: string) => `shift 2; case $2 in -) cat ${shelf}/\${1##*/} ;; *) cp $1 ${shelf}/ ;; esac`,
		'aws',
		's3://backups/production/',
	],
	[
		'rclone',
		(shelf: string) => `shift 2; case $# in 1) cat ${shelf}/\${1##*/} ;; *) cp $1 ${shelf}/ ;; esac`,
		'rclone',
		'rclone:far:production',
	],
] as const)('copy-backup-off-host: copies to %s, and reads the copy back', async (_, program, tool, target) => {
	using at = machine();
	const {backup, shelf} = backupOn(at.path);
	at.install(tool, program(shelf));
	const {code, lines, stderr} = await at.run('copy-backup-off-host', [`BACKUP_TARGET=${target}`], {
		COCKPIT_BACKUP: backup,
	});
	const copy = `${target.replace(/^rclone:/, '').replace(/\/$/, '')}/backend_20260210_112341.tar.gz`;

	expect({code, stderr}).toEqual({code: 0, stderr: ''});
	expect(lines).toContain(`cockpit-keep backup-copy=${copy}`);
	expect(readFileSync(join(shelf, 'backend_20260210_112341.tar.gz'), 'utf8')).toBe('an archive\n');

	at.install(tool, `${program(shelf)} | sed s/archive/other/`);
	const bad = await at.run('copy-backup-off-host', [`BACKUP_TARGET=${target}`], {COCKPIT_BACKUP: backup});
	expect(bad).toMatchObject({
		code: 1,
		stdout: '',
		stderr: expect.stringContaining(`${copy} is not what was copied: sha256 `),
	});
});

test.skipIf(!existsSync('/usr/bin/rsync'))(
	'copy-backup-off-host: copies by a real rsync, and sees when the copy is another (skipped without rsync)',
	async () => {
		using at = machine();
		const {backup, shelf} = backupOn(at.path);
		const settings = [`BACKUP_TARGET=rsync:${shelf}`];
		const copy = join(shelf, 'backend_20260210_112341.tar.gz');
		const {code, lines} = await at.run('copy-backup-off-host', settings, {COCKPIT_BACKUP: backup});

		expect(code).toBe(0);
		expect(lines).toEqual([
			expect.stringContaining(`copied 11 bytes to ${copy}, read back, sha256 `),
			`cockpit-keep backup-copy=${copy}`,
			expect.stringMatching(/^cockpit-keep backup-copy-sha256=[\da-f]{64}$/),
		]);
		expect(readFileSync(copy, 'utf8')).toBe('an archive\n');

		at.install(
			'rsync',
			`case $1 in --archive) printf 'an orchive\\n' >${copy} ;; *) exec /usr/bin/rsync "$@" ;; esac`,
		);
		expect(await at.run('copy-backup-off-host', settings, {COCKPIT_BACKUP: backup})).toMatchObject({
			code: 1,
			stdout: '',
			stderr: expect.stringContaining('is not what was copied'),
		});
	},
);

const sentry = ['SENTRY_ORG=qsights', 'SENTRY_PROJECT=backend'];
const token = {SENTRY_AUTH_TOKEN: 'sntrys_"quoted\\token'};

withCurl(
	'error-tracker-release: tells the release and its deploy; the token is in no argument (skipped without curl)',
	async () => {
		using at = machine();
		await using server = await service(() => 201);
		at.install('curl', realCurl);
		const site = {COCKPIT_SITE: 'https://preprod.qsights.com'};
		const {code, stderr} = await at.run('error-tracker-release', [...sentry, `SENTRY_URL=${server.url}/`], {
			...token,
			...site,
		});

		expect({code, stderr}).toEqual({code: 0, stderr: ''});
		const {COCKPIT_COMMIT: commit} = facts;
		expect(server.asked).toMatchObject([
			{
				url: '/api/0/organizations/qsights/releases/',
				body: {version: commit, ref: commit, projects: ['backend']},
			},
			{
				url: `/api/0/organizations/qsights/releases/${commit}/deploys/`,
				body: {
					environment: 'preprod',
					name: facts.COCKPIT_RUN,
					url: site.COCKPIT_SITE,
					dateStarted: facts.COCKPIT_STARTED_AT,
					dateFinished: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
				},
			},
		]);
		for (const {headers} of server.asked) expect(headers.authorization).toBe(`Bearer ${token.SENTRY_AUTH_TOKEN}`);
		expect(at.calls()).toHaveLength(2);
		expect(at.calls().join('\n')).not.toContain('token');
	},
);

withCurl(
	'error-tracker-release: says what Sentry says, and that it can’t be reached (skipped without curl)',
	async () => {
		using at = machine();
		await using server = await service(() => 403);

		const refused = await at.run('error-tracker-release', [...sentry, `SENTRY_URL=${server.url}`], token);
		expect(refused).toMatchObject({
			code: 1,
			stderr: expect.stringMatching(/Sentry answered 403 to .*: \{"detail":"so it is"\}/),
		});
		expect(server.asked).toHaveLength(1);
		const away = await at.run('error-tracker-release', [...sentry, 'SENTRY_URL=http://127.0.0.1:1'], token);
		expect(away).toMatchObject({
			code: 1,
			stderr: expect.stringContaining('Sentry could not be asked at http://127.0.0.1:1/api'),
		});
		expect(`${refused.stderr}${away.stderr}`).not.toContain('quoted');
	},
);

withCurl(
	'monitoring-marker: an annotation of Grafana, an event of Datadog, or the object as it came (skipped without curl)',
	async () => {
		using at = machine();
		await using server = await service();
		at.install('curl', realCurl);
		const marker = {MARKER_URL: `${server.url}/hook?key=hidden`, MARKER_TOKEN: 'hidden-too'};
		for (const kind of ['grafana', 'datadog', 'object']) {
			const object = JSON.stringify({moment: 'afterDeploy', error: 'line\n"two"\\'});
			expect(await at.run('monitoring-marker', [`MARKER_KIND=${kind}`], marker, `${object}\n`)).toMatchObject({
				code: 0,
				stdout: `marked: deploy of backend on preprod: ${facts.COCKPIT_RELEASE}\n`,
				stderr: '',
			});
		}
		const tags = ['environment:preprod', 'app:backend', 'kind:deploy'];
		const why = `Asha "the\\one" Rao ran ${facts.COCKPIT_RUN}, commit ${facts.COCKPIT_COMMIT}, before it ${facts.COCKPIT_PREVIOUS}`;

		expect(server.asked).toMatchObject([
			{
				headers: {authorization: 'Bearer hidden-too'},
				body: {time: expect.any(Number), tags, text: expect.stringContaining(why)},
			},
			{headers: {'dd-api-key': 'hidden-too'}, body: {title: expect.any(String), text: why, tags}},
			{body: {moment: 'afterDeploy', error: 'line\n"two"\\'}},
		]);
		expect(at.calls().join('\n')).not.toContain('hidden');
	},
);

withCurl('monitoring-marker: a refusal is told without its address (skipped without curl)', async () => {
	using at = machine();
	await using server = await service(() => 500);
	const ended = await at.run(
		'monitoring-marker',
		['MARKER_KIND=object'],
		{MARKER_URL: `${server.url}/?key=hidden`},
		'{}',
	);

	expect(ended).toMatchObject({
		code: 1,
		stdout: '',
		stderr: 'monitoring-marker: it was refused with 500: {"detail":"so it is"}\n',
	});
});

test('test-suite: runs the tests where they are, against the site, and tells their last lines', async () => {
	using at = machine();
	mkdirSync(join(at.path, 'e2e'));
	const site = {COCKPIT_SITE: 'https://preprod.qsights.com', COCKPIT_API: 'https://preprod.qsights.com/api'};
	const settings = ['TEST_DIRECTORY=e2e', 'TEST_LINES=2'];
	const program = 'pwd; echo "$BASE_URL $API_URL"; echo "$@"';

	expect(await at.run('test-suite', [...settings, 'sh', '-c', program, 'x', 'a b', '*'], site)).toMatchObject({
		code: 0,
		lines: [
			`running sh -c ${program} x a b * against ${site.COCKPIT_SITE}`,
			`${site.COCKPIT_SITE} ${site.COCKPIT_API}`,
			'a b *',
			'the tests passed on preprod',
		],
	});
	const bad = await at.run(
		'test-suite',
		[...settings, 'sh', '-c', 'echo 1; echo 2; echo "3 failed" >&2; exit 9'],
		site,
	);
	expect(bad).toMatchObject({code: 1, stdout: expect.stringMatching(/\n2\n3 failed\n$/)});
	const [, log = ''] =
		/sh ended with 9: the tests failed on preprod; all of its output: (\S+)/.exec(bad.stderr) ?? [];
	expect(readFileSync(log, 'utf8')).toBe('1\n2\n3 failed\n');
});

withCurl(
	'latency-benchmark: tells the figures, keeps p95, and fails where it is over the limit (skipped without curl)',
	async () => {
		using at = machine();
		await using server = await service();
		const settings = [`BENCH_URL=${server.url}/[health]`, 'BENCH_REQUESTS=20', 'BENCH_WARM_UP=2'];
		const good = await at.run('latency-benchmark', [...settings, 'BENCH_P95_MS=60000']);

		expect(good.stderr).toBe('');
		expect(good.lines).toEqual([
			expect.stringMatching(/: 20 answers, fastest \d+ ms, median \d+ ms, p95 \d+ ms, slowest \d+ ms$/),
			expect.stringMatching(/^cockpit-keep latency-p95-ms=\d+$/),
		]);
		expect(server.asked.map(({url}) => url)).toEqual(Array.from({length: 22}, () => '/[health]'));

		// Curl that says how long it took, so that no machine decides what is slow: 1 to 20 ms, behind two that are slower.
		at.install(
			'curl',
			`printf '200 9\\n200 9\\n'; i=0; while [ $i -lt 20 ]; do i=$((i + 1)); printf '200 0.%03d\\n' $i; done`,
		);
		const exact = await at.run('latency-benchmark', [...settings, 'BENCH_P95_MS=19']);
		expect(exact).toMatchObject({
			code: 0,
			stdout: expect.stringContaining('fastest 1 ms, median 10 ms, p95 19 ms, slowest 20 ms'),
		});
		const slow = await at.run('latency-benchmark', [...settings, 'BENCH_P95_MS=18']);
		expect(slow).toMatchObject({code: 1, stderr: 'latency-benchmark: p95 is 19 ms, and may be 18 ms\n'});
	},
);

withCurl('latency-benchmark: errors and silence are failures, not figures (skipped without curl)', async () => {
	using at = machine();
	await using server = await service((_, number) => (number > 3 ? 503 : 200));
	const settings = ['BENCH_REQUESTS=5', 'BENCH_WARM_UP=0', 'BENCH_P95_MS=60000'];

	expect(await at.run('latency-benchmark', settings, {COCKPIT_SITE: server.url})).toMatchObject({
		code: 1,
		stdout: '',
		stderr: expect.stringMatching(/did not answer well \(how often, which code\): 2 503/),
	});
	expect(await at.run('latency-benchmark', settings, {COCKPIT_SITE: 'http://127.0.0.1:1'})).toMatchObject({
		code: 1,
		stdout: '',
		stderr: expect.stringContaining('could not be reached: 0 of 5 requests were answered'),
	});
});

test('examples: the package brings them', () => {
	const {files} = JSON.parse(readFileSync('package.json', 'utf8')) as {files: readonly string[]};

	expect(files).toContain('examples');
	expect(existsSync('examples/hooks/README.md')).toBe(true);
});
