import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {mkdir, readFile, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir, userInfo} from 'node:os';
import {dirname, join} from 'node:path';
import ssh2, {type Client, type ClientChannel} from 'ssh2';
import {onTestFinished} from 'vitest';
import {currentAccount} from '../../src/sandbox/host/host-account.ts';
import {type HostLayout, hostLayout} from '../../src/sandbox/host/host-layout.ts';
import {spawnLine} from '../../src/sandbox/host/host-shell.ts';
import {type KeyPair, generateKey} from '../../src/sandbox/keys.ts';
import {sampleHistory} from '../../src/sandbox/project/history.ts';
import {writeShims} from '../../src/sandbox/shims/write-shims.ts';
import {type SshServer, startSshServer} from '../../src/sandbox/ssh/start-ssh-server.ts';

/** A directory of its own for a test, removed after it. */
export const temporaryDirectory = (): string => {
	const directory = mkdtempSync(join(tmpdir(), 'cockpit-sandbox-'));
	onTestFinished(() => rm(directory, {recursive: true, force: true}));
	return directory;
};

/** A running server with the key that logs in; closed after the test. */
export const runningServer = async (): Promise<{server: SshServer; key: KeyPair}> => {
	const key = generateKey();
	const root = temporaryDirectory();
	const server = await startSshServer({root, hostKey: generateKey(), clientKey: key.public});
	onTestFinished(() => server.close());
	return {server, key};
};

type Target = {readonly port: number; readonly user: string};

/** Logs in; rejects with ssh2's error. The connection is destroyed after the test. */
export const connect = ({port, user}: Target, privateKey: string): Promise<Client> => {
	const client = new ssh2.Client();
	onTestFinished(() => {
		client.destroy();
	});
	const {promise, resolve, reject} = Promise.withResolvers<Client>();
	client.once('ready', () => resolve(client));
	client.on('error', reject);
	client.once('close', () => reject(new Error('closed before login')));
	client.connect({host: '127.0.0.1', port, username: user, privateKey});
	return promise;
};

export type Result = {code: number | null | undefined; signal?: string; stdout: string; stderr: string};

const collect = (channel: ClientChannel): Promise<Result> => {
	const answer: Result = {code: undefined, stdout: '', stderr: ''};
	channel.on('data', (chunk: Buffer) => (answer.stdout += chunk.toString()));
	channel.stderr.on('data', (chunk: Buffer) => (answer.stderr += chunk.toString()));
	channel.on('exit', (code: number | null, signal?: string) => {
		answer.code = code;
		if (signal !== undefined) answer.signal = signal;
	});
	return new Promise(resolve => channel.once('close', () => resolve(answer)));
};

export type Started = {readonly channel: ClientChannel; readonly answer: Promise<Result>};

/** Starts one line. Listens before anything else can run: the exit status may be in the packet that says it started. */
export const start = (client: Client, line: string): Promise<Started> => {
	const {promise, resolve, reject} = Promise.withResolvers<Started>();
	client.exec(line, (error, channel) => (error ? reject(error) : resolve({channel, answer: collect(channel)})));
	return promise;
};

/** Starts one line and waits for its first output. */
export const startedWith = async (client: Client, line: string): Promise<Started> => {
	const {promise, resolve, reject} = Promise.withResolvers<Started>();
	client.exec(line, (error, channel) => {
		if (error) return reject(error);
		const answer = collect(channel);
		channel.once('data', () => resolve({channel, answer}));
	});
	return promise;
};

/** Runs one line to its end. */
export const exec = async (client: Client, line: string, input?: string | Buffer): Promise<Result> => {
	const {channel, answer} = await start(client, line);
	channel.end(input);
	return answer;
};

export const readText = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);

export type LogEntry = {readonly line?: string; readonly argv?: readonly string[]};

/** Entries of a `.jsonl` log. */
export const readLog = async (file: string): Promise<readonly LogEntry[]> =>
	((await readText(file)) ?? '')
		.split('\n')
		.filter(Boolean)
		.map((line): LogEntry => JSON.parse(line));

/** Ids of the processes whose environment names this directory; itself left out. */
export const processesOf = async (root: string): Promise<readonly number[]> => {
	const ids = (await readdir('/proc')).map(Number).filter(id => Number.isInteger(id) && id !== process.pid);
	const texts = await Promise.all(ids.map(id => readFile(`/proc/${id}/environ`, 'latin1').catch(() => '')));
	return ids.filter((_, index) => texts[index]?.includes(`HOME=${root}/`));
};

/** A host with its tools and nothing deployed. */
export const bareHost = async (): Promise<HostLayout> => {
	const layout = hostLayout(temporaryDirectory(), 'preprod');
	const {root, home, log, units, migrations, nginxConfiguration} = layout;
	for (const directory of [home, log, units, dirname(migrations), dirname(nginxConfiguration)])
		mkdirSync(directory, {recursive: true});
	writeFileSync(nginxConfiguration, 'events {\n}\n');
	writeFileSync(join(root, 'run/sandbox.pid'), String(process.pid));
	await writeShims({layout, account: currentAccount(), node: process.execPath});
	return layout;
};

export type Run = {readonly code: number | null; readonly stdout: string; readonly stderr: string};

/** Runs a line as a command over SSH would. */
export const runOn = async ({root}: HostLayout, line: string, token = 'test'): Promise<Run> => {
	const child = spawnLine({root, user: userInfo().username, token}, line);
	child.stdin.end();
	const text = {stdout: '', stderr: ''};
	child.stdout.on('data', chunk => (text.stdout += String(chunk)));
	child.stderr.on('data', chunk => (text.stderr += String(chunk)));
	const code = await new Promise<number | null>(resolve => child.once('close', resolve));
	return {code, ...text};
};

/** Writes one app of the sample project, as of a version. */
export const writeSample = async (app: 'backend' | 'frontend', directory: string, version = '2.3.0'): Promise<void> => {
	const last = sampleHistory.findIndex(commit => commit.version === version);
	const files = Object.assign({}, ...sampleHistory.slice(0, last + 1).map(commit => commit.files));
	for (const [path, text] of Object.entries<string>(files)) {
		if (!path.startsWith(`${app}/`)) continue;
		const file = join(directory, path.slice(app.length + 1).replace(/\*$/, ''));
		await mkdir(dirname(file), {recursive: true});
		await writeFile(file, text);
	}
};
