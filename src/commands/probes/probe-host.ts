import type {Command} from '../../domain/command.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import type {
	ProbedApp,
	ProbedHost,
	ProbedOwner,
	ProbedProcess,
	ProbedUnit,
	Printed,
	Unanswered,
} from '../../domain/probes/probed-host.ts';
import {isTime, timeWritten} from '../../domain/host-clock.ts';
import {answersIn, asObject, cutAnswer, objectIn, textOrEmpty, wholeIn, type Answers} from '../answers.ts';
import findListener from '../host/find-listener.cjs';
import pm2 from '../nextjs/pm2.cjs';
import {logReading, type LogRequest} from '../logs/read-logs.ts';
import {pm2Values} from '../nextjs/pm2.ts';
import {program} from '../shell.ts';
import probeHostText from './probe-host.sh';
import probePm2 from './probe-pm2.cjs';

/** What artisan is asked, which starts PHP on the host. */
export type SlowQuestion = 'migrations' | 'waiting' | 'failed';

/** Well below the patience of whoever asks. */
const toolSeconds = 8;

const ofPm2 = [findListener, pm2, probePm2].join('\n').trim();

/** Asks a host everything that probes want of it, in one exec that changes nothing. */
export const probeHost = (options: {
	readonly environment: Pick<Environment, 'apps' | 'stateDirectory'>;
	readonly units: readonly string[];
	/** Those that are due. */
	readonly questions: readonly SlowQuestion[];
	/** What the scheduler writes. */
	readonly scheduler?: string;
	/** What is to be read of logs, whose answer `parseLogsRead` reads. */
	readonly logs?: readonly LogRequest[];
	/** How long one tool may take. */
	readonly seconds?: number;
}): Command => {
	const {apps: targets, stateDirectory} = options.environment;
	const {backend, frontend} = targets;
	const {logs = []} = options;
	const reading = logReading(logs);
	const apps = (['backend', 'frontend'] as const).flatMap(app => {
		const target = targets[app];
		return target ? [app, target.path] : [];
	});
	const about = frontend ? JSON.stringify({...pm2Values(frontend), memory: ''}) : '';
	const {owner = '', php = '', path = ''} = backend ?? {};
	const command = program('ask the probes of a host', [reading.text, probeHostText].flat(), [
		String(options.seconds ?? toolSeconds),
		frontend?.node ?? '',
		frontend ? ofPm2 : '',
		about,
		owner,
		php,
		`${path}/artisan`,
		backend ? options.questions.join(' ') : '',
		options.scheduler ?? '',
		stateDirectory,
		options.units.join(' '),
		...apps,
		'--',
		...(logs.length > 0 ? reading.parameters : []),
	]);
	return {
		...command,
		sudo: [
			...(backend && options.questions.length > 0 ? [`${owner}: timeout`] : []),
			...(frontend ? ['root: find', 'root: readlink'] : []),
			...(frontend?.pm2User === undefined ? [] : ['root: cat', `${frontend.pm2User}: env`]),
			...new Set(logs.flatMap(({owner}) => (owner === undefined ? [] : [`${owner}: sh`]))),
		],
	};
};

/** Why a tool of the host said nothing that counts. */
const unanswered = (tool: string, code: number, said: string): Unanswered => {
	if (code === 124 || code === 137) return {why: `${tool} did not answer in time`};
	return {why: `${tool} failed: ${said.trim().split('\n')[0]?.trim() || `exit ${code}`}`};
};

/** What a tool printed, or why not; undefined where it was not asked. */
const answerOf = ({all}: Answers, name: string, tool: string): Printed | Unanswered | undefined => {
	const line = all('asked').find(asked => asked.startsWith(`${name} `));
	if (line === undefined) return undefined;
	const code = Number(line.slice(name.length + 1));
	const lines = all(name);
	return code === 0 ? {lines} : unanswered(tool, code, lines.join('\n'));
};

/** Age in milliseconds; undefined where there is none. */
const secondsOld = (text: string): number | undefined => {
	const seconds = wholeIn(text);
	return seconds === undefined ? undefined : seconds * 1000;
};

/** More than this nothing on a host counts, or is as old. */
const most = 1e15;

const numberOr = <Other>(text: string | undefined, other: Other): number | Other => {
	const value = Number.parseFloat(text ?? '');
	return Number.isFinite(value) && Math.abs(value) <= most ? value : other;
};

/** `Tue 2026-02-10 05:50:00 UTC`; undefined for a unit that never was up. */
const timeIn = (stamp = ''): number | undefined => {
	const [, day, time] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/.exec(stamp) ?? [];
	return timeWritten(`${day}T${time}Z`);
};

const unitsIn = (text: string): readonly ProbedUnit[] =>
	text.split(/\n\s*\n/).flatMap(block => {
		const properties = new Map(
			block.split('\n').map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
		);
		const unit = (properties.get('Id') ?? '').replace(/\.service$/, '');
		if (unit === '') return [];
		const restarts = numberOr(properties.get('NRestarts'), undefined);
		const since = timeIn(properties.get('ActiveEnterTimestamp'));
		return [
			{
				unit,
				state:
					properties.get('LoadState') === 'not-found'
						? 'not-found'
						: properties.get('ActiveState') || 'unknown',
				sub: properties.get('SubState') ?? '',
				result: properties.get('Result') ?? '',
				pid: numberOr(properties.get('MainPID'), 0),
				...(restarts === undefined ? {} : {restarts}),
				...(since === undefined ? {} : {since}),
			},
		];
	});

const listIn = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
	Array.isArray(value) ? value.map(asObject).filter(one => one !== undefined) : [];

const countIn = (value: unknown): number => numberOr(typeof value === 'number' ? String(value) : textOrEmpty(value), 0);

const processIn = (one: Readonly<Record<string, unknown>>): ProbedProcess => ({
	name: textOrEmpty(one['name']),
	pid: countIn(one['pid']),
	status: textOrEmpty(one['status']),
	restarts: countIn(one['restarts']),
	unstable: countIn(one['unstable']),
	startedAt: countIn(one['uptime']),
	memoryBytes: countIn(one['memory']),
	...(textOrEmpty(one['errors']) === '' ? {} : {errorLog: textOrEmpty(one['errors'])}),
});

const ownerIn = (one: Readonly<Record<string, unknown>>): ProbedOwner => {
	const startedAt = timeWritten(one['startedAt']);
	return {
		pid: countIn(one['pid']),
		command: textOrEmpty(one['command']),
		startedAt,
		...(typeof one['of'] === 'string' ? {of: one['of']} : {}),
	};
};

const pm2In = (answers: Answers): ProbedHost['pm2'] => {
	const answer = answerOf(answers, 'pm2', 'pm2');
	if (answer === undefined || 'why' in answer) return answer;
	const said = objectIn(answer.lines.at(-1) ?? '');
	if (!said) return {why: 'pm2 answered nothing that can be read'};
	const problem = textOrEmpty(said['problem']);
	return problem === ''
		? {
				user: textOrEmpty(said['user']),
				instances: listIn(said['instances']).map(processIn),
				owners: listIn(said['owners']).map(ownerIn),
			}
		: {why: problem};
};

const diskIn = (line: string): ProbedHost['disks'] => {
	const [blocks, free, used, inodes, ...target] = line.trim().split(/\s+/);
	return target.length === 0
		? []
		: [
				{
					sizeBytes: numberOr(blocks, 0) * 1024,
					freeBytes: numberOr(free, 0) * 1024,
					usedPercent: numberOr(used, undefined),
					inodesPercent: numberOr(inodes, undefined),
				},
			];
};

/**
 * Reads the answer of `probeHost`. `end`: epoch milliseconds by the host's clock as it ended, which is when the answer
 * came. Throws DeployError `answer-unreadable` when it was cut.
 */
export const parseProbedHost = (host: string, text: string): ProbedHost & {readonly end: number} => {
	const answers = answersIn(text);
	const {all, one, figure, clock} = answers;
	const time = clock('time') * 1000;
	const end = figure('end');
	if (!isTime(end)) throw cutAnswer('the state of the host', text);
	const units = answerOf(answers, 'units', 'systemctl') ?? {lines: []};
	const appIn = (app: AppName): ProbedApp => {
		const release = one(`live-${app}`);
		const ageSeconds = figure(`swapped-${app}`);
		return {
			live: release === undefined ? (all('directory').includes(app) ? 'directory' : undefined) : {release},
			...(all('locked').includes(app) ? {isLocked: true} : {}),
			...(isTime(time - ageSeconds * 1000) ? {swappedAt: time - ageSeconds * 1000} : {}),
		};
	};
	const [cores, load] = [numberOr(one('cores'), undefined), numberOr(one('load'), undefined)];
	const [total, available] = [figure('MemTotal'), figure('MemAvailable')];
	const asked = {
		pm2: pm2In(answers),
		migrations: answerOf(answers, 'migrations', 'artisan migrate:status'),
		waiting: answerOf(answers, 'waiting', 'artisan queue:monitor'),
		failed: answerOf(answers, 'failed', 'artisan queue:failed'),
	};
	const scheduler = one('scheduler');
	return {
		host,
		time,
		end,
		...(cores === undefined ? {} : {cores}),
		...(load === undefined ? {} : {load}),
		...(total > 0 && available >= 0 ? {memory: {totalBytes: total * 1024, availableBytes: available * 1024}} : {}),
		disks: all('disk').flatMap(diskIn),
		units: 'why' in units ? units : unitsIn(units.lines.join('\n')),
		unitWords: all('said').map(line => {
			const end = line.indexOf(' ');
			return {unit: line.slice(0, end), line: line.slice(end + 1)};
		}),
		workers: all('worker').map(line => {
			const [pid = 0, parent = 0, age = 0] = line.split(' ').map(word => wholeIn(word) ?? 0);
			const startedAt = time - age * 1000;
			const kind = line.endsWith(' master') ? ('master' as const) : ('pool' as const);
			return {pid, parent, kind, startedAt: isTime(startedAt) ? startedAt : time};
		}),
		apps: {backend: appIn('backend'), frontend: appIn('frontend')},
		...(one('build-id') ? {buildId: one('build-id') ?? ''} : {}),
		...Object.fromEntries(Object.entries(asked).filter(([, answer]) => answer !== undefined)),
		...(scheduler === undefined ? {} : {scheduler: {ageMs: secondsOld(scheduler)}}),
	};
};
