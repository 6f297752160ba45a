import {DeployError} from '../../src/domain/errors.ts';
import type {ExecOptions, ExecResult, Session, SessionManager} from '../../src/domain/ports.ts';
import {ledgerBook, ledgerText, opened, type Said} from '../support/ledger.ts';
import {wordsOf} from '../support/words.ts';
import {parseManifest} from '../../src/domain/runs/pipeline.ts';
import {
	environmentsAt,
	files,
	firstEntries,
	manifest,
	now,
	release,
	sha256,
	surroundings,
	type Changes,
} from './gates/evidence.ts';

/** One question to a host. */
export type Asked = {
	/** What the command is called. */
	readonly label: string;
	readonly parameters: readonly string[];
	readonly as: string | undefined;
	readonly lane: ExecOptions['lane'];
	readonly signal: AbortSignal | undefined;
};

type Answer = {readonly code?: number; readonly stdout?: string; readonly stderr?: string};

/** A host that keeps its state in this process. What a test does to it, it answers by. */
export type FakeHost = {
	/** Epoch milliseconds. */
	time: number;
	isSilent: boolean;
	/** Id of the live release; undefined: nothing is live. */
	live: string | undefined;
	/** Content of the live release by path. */
	readonly files: Map<string, string>;
	manifest: string;
	ledger: string;
	/** By app, as the host keeps them: `OWNER UNTIL` and a line of JSON. */
	readonly holds: Map<string, string>;
	/** By app: `RUN ATTEMPT TOKEN` and a line of JSON, then the record of the run. */
	readonly locks: Map<string, {readonly holder: string; readonly record: object}>;
	readonly asked: Asked[];
	/** What it answers to a label, whatever it would say. */
	readonly faults: Map<string, Answer>;
	/** Runs when the host hears a label, before it answers. */
	readonly before: Map<string, () => void>;
};

const fakeHost = (name: 'preprod' | 'production'): FakeHost => ({
	time: now,
	isSilent: false,
	live: release,
	files: new Map(Object.entries(files)),
	manifest,
	ledger: ledgerText([opened(name), ...firstEntries[name]]),
	holds: new Map(),
	locks: new Map(),
	asked: [],
	faults: new Map(),
	before: new Map(),
});

/** A line as the host adds it: number, time and the hash of the line before are its own. */
const append = (host: FakeHost, members: string): void => {
	const lines = host.ledger.split('\n').slice(0, -1);
	const time = new Date(host.time).toISOString();
	const prev = sha256(lines.at(-1) ?? '');
	host.ledger += `{"seq":${lines.length + 1},"time":"${time}","prev":"${prev}",${members}}\n`;
};

const header = (members: string): string => `"type":"ledger.opened","data":{${members},"machineId":"","hostKey":""}`;

const status = (host: FakeHost): string =>
	[
		`time ${Math.floor(host.time / 1000)}`,
		...(host.live === undefined ? [] : [`live backend ${host.live}`]),
		...[...host.locks].flatMap(([app, {holder, record}]) => [
			`lock ${app}`,
			holder,
			'end',
			`record ${JSON.stringify(record)}`,
		]),
		...[...host.holds].flatMap(([app, text]) => [`hold ${app}`, text]),
		'disk 30000000 41%',
		'inodes 9%',
		`ledger-bytes ${Buffer.byteLength(host.ledger)}`,
		'',
	].join('\n');

const readLedger = ({ledger, time}: FakeHost, [, known = '0', sum]: readonly string[]): string => {
	const prefix = Buffer.from(ledger).subarray(0, Number(known)).toString();
	const from = Number(known) > 0 && sha256(prefix) === sum ? Number(known) : 0;
	const rest = Buffer.from(ledger).subarray(from).toString();
	const size = Buffer.byteLength(ledger);
	return `home {"machineId":"","hostKey":""}\ntime ${Math.floor(time / 1000)}\nsize ${size}\nfrom ${from}\nledger\n${rest}`;
};

/** As the program that compares on a host: what was added comes first. */
const drift = ({files, manifest}: FakeHost): string => {
	const named = parseManifest(manifest);
	if (!named || named.size === 0) return 'listed none\n';
	const of = (how: string, paths: Iterable<string>): string => [...paths].map(path => `${how} ${path}\0`).join('');
	const there = [...files.keys()];
	return [
		'listed yes\n',
		of(
			'added',
			there.filter(path => !named.has(path)),
		),
		of(
			'changed',
			there.filter(path => named.has(path) && named.get(path)?.sha256 !== sha256(files.get(path) ?? '')),
		),
		of(
			'gone',
			[...named.keys()].filter(path => !files.has(path)),
		),
	].join('');
};

const hold = (
	host: FakeHost,
	[, owner = '', minutes, about = '', entry = '', , ...rest]: readonly string[],
): Answer => {
	const apps = rest.slice(0, rest.indexOf('--'));
	for (const app of apps) {
		const [holder, until] = host.holds.get(app)?.split('\n')[0]?.split(' ') ?? [];
		if (holder !== undefined && holder !== owner && Number(until) * 1000 > host.time)
			return {code: 96, stdout: `hold\n${host.holds.get(app) ?? ''}\n`};
	}
	const until = Math.floor(host.time / 1000) + Number(minutes) * 60;
	for (const app of apps) host.holds.set(app, `${owner} ${until}\n{${about}}`);
	append(host, entry);
	return {stdout: `until ${until}\n`};
};

const lift = (host: FakeHost, [, owner = '', entry = '', ...apps]: readonly string[]): Answer => {
	const lifted = apps.filter(app => {
		const text = host.holds.get(app);
		return text !== undefined && (owner === '' || text.startsWith(`${owner} `)) && host.holds.delete(app);
	});
	if (lifted.length > 0 && entry !== '') append(host, entry);
	return {stdout: lifted.map(app => `lifted ${app}\n`).join('')};
};

const adopt = (host: FakeHost, [, entry = '', members = '']: readonly string[]): Answer => {
	host.ledger = '';
	append(host, header(members));
	append(host, entry);
	return {stdout: 'kept ledger-20260210T055000Z.jsonl\n'};
};

const answers: Readonly<Record<string, (host: FakeHost, parameters: readonly string[]) => Answer>> = {
	'ask-for-the-status': host => ({stdout: status(host)}),
	'read-the-ledger': (host, parameters) => ({stdout: readLedger(host, parameters)}),
	'compare-live-with-what-was-deployed': host => ({stdout: drift(host)}),
	'append-to-the-ledger': (host, [, entry = '']) => {
		append(host, entry);
		return {};
	},
	hold,
	'lift-the-hold': lift,
	'adopt-the-ledger': adopt,
};

const silence = (name: string): DeployError =>
	new DeployError({code: 'unreachable', what: name, why: `${name} does not answer`, now: '', next: ''});

/** Hears a rendered line, remembers it and answers. Throws Error for a command it does not know. */
const exec = async (name: string, host: FakeHost, line: string, {lane, signal}: ExecOptions): Promise<ExecResult> => {
	if (host.isSilent) throw silence(name);
	const words = wordsOf(line);
	const [sudo, , , as] = words;
	const [shell, , , label = '', ...parameters] = sudo === 'sudo' ? words.slice(5) : words;
	const answer = answers[label];
	if (shell !== 'sh' || !answer) throw new Error(`${name} was asked something it does not know: ${line.slice(-200)}`);
	host.asked.push({label, parameters, as: sudo === 'sudo' ? as : undefined, lane, signal});
	host.before.get(label)?.();
	return {code: 0, stdout: '', stderr: '', durationMs: 1, ...(host.faults.get(label) ?? answer(host, parameters))};
};

/** Pre-prod, which runs the build that is here for 25 hours, and production, which runs another one. */
export const fakeHosts = (changes: Changes = {}) => {
	const hosts = {preprod: fakeHost('preprod'), production: fakeHost('production')};
	const nameOf = (host: string): keyof typeof hosts => (host === 'preprod-1' ? 'preprod' : 'production');
	const sessions = {
		session: ({name}: {readonly name: string}) =>
			({
				exec: (line: string, options: ExecOptions) => exec(name, hosts[nameOf(name)], line, options),
			}) as unknown as Session,
		close: async () => undefined,
	} as SessionManager;
	const {from, to} = environmentsAt(
		{
			configuration: '/configuration',
			owner: 'www-data',
			live: () => '/var/www/qsights/backend',
			state: name => `.cockpit/qsights/${name}`,
		},
		changes,
	);
	const here = {now: () => now};
	const {services, ...rest} = surroundings(sessions, ledgerBook(sessions, here));
	return {
		...hosts,
		...rest,
		services,
		/** The same hosts as a machine sees them that has never read a ledger. */
		stranger: {...services, ledgers: ledgerBook(sessions, here)},
		readers: () => ledgerBook(sessions, here),
		from,
		to,
		environments: [from, to],
		/** Replaces a ledger behind its first line. */
		writeLedger: (name: keyof typeof hosts, said: readonly Said[]): void => {
			hosts[name].ledger = ledgerText([opened(name), ...said]);
		},
		/** What a ledger holds, as its file says. */
		entriesOf: (name: keyof typeof hosts) =>
			hosts[name].ledger
				.split('\n')
				.slice(0, -1)
				.map(line => JSON.parse(line) as Said),
		labels: (name: keyof typeof hosts): readonly string[] => hosts[name].asked.map(({label}) => label),
	};
};

export type FakeHosts = ReturnType<typeof fakeHosts>;
