import {spawn} from 'node:child_process';
import {cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {freePort} from '../../src/sandbox/listen.ts';
import {until} from '../support/wait.ts';
import {temporaryDirectory, writeSample} from './support.ts';

const apiUrl = 'http://127.0.0.1:9/api';

type Ended = {readonly code: number | null; readonly output: string};

const run = async (directory: string, command: string, ...args: readonly string[]): Promise<Ended> => {
	const child = spawn(command, args, {
		cwd: directory,
		env: {...process.env, NODE_ENV: 'production', NEXT_PUBLIC_API_URL: apiUrl},
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += String(chunk)));
	const code = await new Promise<number | null>(resolve => child.once('close', resolve));
	return {code, output};
};
const build = (directory: string) => run(directory, process.execPath, 'scripts/build.mjs');

const sample = async (version?: string): Promise<string> => {
	const directory = temporaryDirectory();
	await writeSample('frontend', directory, version);
	return directory;
};
const built = async (version?: string): Promise<string> => {
	const directory = await sample(version);
	expect(await build(directory)).toMatchObject({code: 0});
	return directory;
};
const buildId = (directory: string): string => readFileSync(join(directory, '.next/BUILD_ID'), 'utf8');
const chunks = (directory: string): readonly string[] =>
	readdirSync(join(directory, '.next/static/chunks'), {recursive: true, encoding: 'utf8'}).filter(name =>
		name.endsWith('.js'),
	);

/** `npm start` without npm: its address once it listens. Rejects with its words when it ends instead. */
const serve = async (directory: string): Promise<string> => {
	const port = String(await freePort());
	const child = spawn(process.execPath, ['scripts/start.mjs', '-p', port, '-H', '127.0.0.1'], {cwd: directory});
	let said = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += String(chunk)));
	const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
	const state = () => ({pid: child.pid, code: child.exitCode, signal: child.signalCode, said});
	onTestFinished(async () => {
		child.kill('SIGTERM');
		await until('the frontend to end', hasEnded, {show: state});
	});
	await until('the frontend to listen', () => said.includes('ready started server') || hasEnded(), {show: state});
	if (hasEnded()) throw new Error(`the frontend ended instead: ${JSON.stringify(state())}`);
	return `http://127.0.0.1:${port}`;
};
const get = async (url: string) => {
	const answer = await fetch(url, {signal: AbortSignal.timeout(20_000), headers: {connection: 'close'}});
	return {status: answer.status, body: await answer.text()};
};

test('sample frontend: npm itself installs without a network and builds', {timeout: 60_000}, async () => {
	const directory = await sample();

	expect(await run(directory, 'npm', 'ci', '--offline', '--no-audit', '--no-fund')).toMatchObject({code: 0});
	expect(await run(directory, 'npm', 'run', 'build')).toMatchObject({code: 0});

	expect(buildId(directory)).toMatch(/^[\w-]{21}$/);
});

test('sample frontend: a build leaves the tree of next build, with the API compiled in', async () => {
	const directory = await built();

	const id = buildId(directory);
	for (const path of [
		`static/${id}/_buildManifest.js`,
		`static/${id}/_ssgManifest.js`,
		'server/pages/index.js',
		'server/pages/404.html',
		'required-server-files.json',
		'prerender-manifest.json',
		'cache/webpack/client-production/0.pack',
	])
		expect(existsSync(join(directory, '.next', path)), path).toBe(true);
	const [api] = chunks(directory).filter(name => name.startsWith('lib-api-'));
	expect(readFileSync(join(directory, '.next/static/chunks', api ?? ''), 'utf8')).toContain(apiUrl);
});

test('sample frontend: each build has an id of its own, versions share the chunks that are the same', async () => {
	const directory = await built('2.5.0');
	const before = {id: buildId(directory), chunks: chunks(directory)};
	await writeSample('frontend', directory, '2.5.1');

	expect(await build(directory)).toMatchObject({code: 0});

	expect(buildId(directory)).not.toBe(before.id);
	expect(readdirSync(join(directory, '.next/static'))).not.toContain(before.id);
	const changed = chunks(directory).filter(name => !before.chunks.includes(name));
	expect(changed).toEqual([expect.stringMatching(/^app\/analytics\/page-[0-9a-f]{16}\.js$/)]);
	expect(chunks(directory).length).toBe(before.chunks.length);
});

test('sample frontend: a page with a syntax error fails the build, with file and line, and leaves no BUILD_ID', async () => {
	const directory = await built();
	writeFileSync(join(directory, 'pages/login.js'), 'export default function Login() {\n\treturn {title: };\n}\n');

	const {code, output} = await build(directory);

	expect(code).toBe(1);
	expect(output).toContain('Failed to compile.\n\n./pages/login.js\n');
	expect(output).toContain('login.js:2\n');
	expect(output).toContain('SyntaxError');
	expect(existsSync(join(directory, '.next/BUILD_ID'))).toBe(false);
});

test('sample frontend: pages carry the id as their router writes it, unknown files are 404', async () => {
	const directory = await built('2.4.0');
	const site = await serve(directory);
	const id = buildId(directory);

	const login = await get(`${site}/login`);
	const analytics = await get(`${site}/analytics`);

	expect(login.body).toContain(`"buildId":"${id}"`);
	expect(analytics).toMatchObject({status: 200, body: expect.stringContaining(String.raw`\"b\":\"${id}\"`)});
	expect(analytics.body).not.toContain('buildId');
	expect((await get(`${site}/`)).body).toContain('<meta name="backend-version" content="unknown">');
	expect(await get(`${site}/_next/static/${id}/_buildManifest.js`)).toMatchObject({status: 200});
	expect(await get(`${site}/_next/static/another-id/_buildManifest.js`)).toMatchObject({status: 404});
	expect(await get(`${site}/_next/static/%2e%2e/BUILD_ID`)).toMatchObject({status: 404});
	expect(await get(`${site}/favicon.svg`)).toMatchObject({status: 200});
	expect(await get(`${site}/no-such-page`)).toMatchObject({status: 404});
	for (const [, asset] of login.body.matchAll(/(?:src|href)="(\/_next\/[^"]+)"/g))
		expect(await get(`${site}${asset}`), asset).toMatchObject({status: 200});
});

test('sample frontend: what is swapped under a running server breaks its files and shows only after a restart', async () => {
	const directory = await built();
	const old = buildId(directory);
	const site = await serve(directory);
	const other = await built();
	rmSync(join(directory, '.next'), {recursive: true});
	cpSync(join(other, '.next'), join(directory, '.next'), {recursive: true});

	expect((await get(`${site}/login`)).body).toContain(`"buildId":"${old}"`);
	expect(await get(`${site}/_next/static/${old}/_buildManifest.js`)).toMatchObject({status: 400});
	expect(await get(`${site}/_next/static/${buildId(other)}/_buildManifest.js`)).toMatchObject({status: 404});

	expect((await get(`${await serve(directory)}/login`)).body).toContain(`"buildId":"${buildId(other)}"`);
});

test('sample frontend: a page that throws is a 500', async () => {
	const directory = await sample();
	writeFileSync(join(directory, 'pages/login.js'), "export default () => {\n\tthrow new Error('no');\n};\n");
	expect(await build(directory)).toMatchObject({code: 0});

	expect(await get(`${await serve(directory)}/login`)).toMatchObject({
		status: 500,
		body: expect.stringContaining('Internal Server Error'),
	});
});

test('sample frontend: without a build it does not start', async () => {
	const {code, output} = await run(await sample(), process.execPath, 'scripts/start.mjs');

	expect(code).toBe(1);
	expect(output).toContain("Could not find a production build in the '.next' directory");
});
