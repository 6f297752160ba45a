import {Option} from 'commander';
import {byHandText, driftLine, maintenanceText, readStatus, type EnvironmentStatus} from '../../app/status/status.ts';
import {exitCodes, type ErrorCode} from '../../domain/errors.ts';
import {moment} from '../../domain/format.ts';
import {waysPast} from '../../domain/runs/open-run.ts';
import {environmentNamed, type CliContext, type Cockpit} from '../cli-context.ts';
import {jsonOption, minutesIn, onlyEnvironmentOption, type JsonOption} from '../options.ts';
import {printJson} from '../print-json.ts';
import {paint, type Terminal} from '../terminal.ts';
import type {RegisterVerb} from '../verb.ts';

export const register: RegisterVerb = (program, {withCockpit}) =>
	program
		.command('status')
		.description('what runs where, and is it healthy')
		.addOption(onlyEnvironmentOption())
		.addOption(jsonOption())
		.addOption(
			new Option('--html <file>', 'write a page of all environments, for people without a terminal').conflicts([
				'env',
				'json',
			]),
		)
		.option('--every <duration>', 'how often you have the page written, which it says of itself', '5m')
		.action(withCockpit(status));

type StatusOptions = JsonOption & {readonly env?: string; readonly html?: string; readonly every: string};

/** `cockpit status`: what runs where. Exits 7 when something is bad, 5 when a host named with --env can't be asked. */
const status = async (context: CliContext, cockpit: Cockpit, options: StatusOptions): Promise<number> => {
	const {terminal} = context;
	if (options.html !== undefined) return printPage(context, cockpit, {...options, file: options.html});
	const environments = options.env === undefined ? cockpit.environments : [environmentNamed(cockpit, options.env)];
	const all = await readStatus(cockpit.services, environments, {compares: true});
	for (const one of all) {
		if (options.json) printJson(terminal, {type: 'status', ...one});
		else printOne(terminal, one, environments.find(({name}) => name === one.environment)?.timeZone ?? 'UTC');
	}
	const [only] = all;
	if (all.length === 1 && only?.problem) return exitCodes[only.problem.code as ErrorCode];
	return all.some(({bad}) => bad.length > 0) ? exitCodes['checked-bad'] : 0;
};

/** `cockpit status --html FILE`: what of it is bad stands in the page, and is no reason to write none. */
const printPage = async (
	context: CliContext,
	cockpit: Cockpit,
	{file, every}: {readonly file: string; readonly every: string},
): Promise<number> => {
	const everyMs = minutesIn(every, '--every') * 60_000;
	const {writePage} = await import('../page/write-page.ts');
	context.terminal.out(`Written to ${await writePage(context, cockpit, {file, everyMs})}\n`);
	return 0;
};

const processSigns = {
	pass: {role: 'success', sign: '●'},
	fail: {role: 'danger', sign: '✗'},
	unclear: {role: 'attention', sign: '?'},
} as const;

const printOne = (terminal: Terminal, one: EnvironmentStatus, timeZone: string): void => {
	const row = (name: string, text: string): void => terminal.out(`  ${name.padEnd(9)} ${text}\n`);
	terminal.out(
		`${paint(terminal, one.environment === 'production' ? 'danger' : 'header', one.environment)}  ${one.host}\n`,
	);
	if (one.problem) {
		row('host', paint(terminal, 'danger', `✗ ${one.problem.why}`));
		if (one.problem.next !== '') row('', one.problem.next);
	}
	for (const [name, app] of [['backend', one.backend] as const, ['frontend', one.frontend] as const]) {
		if (app) row(name, describeLive(app, timeZone));
		if (app?.fault !== undefined) row('', paint(terminal, 'danger', `✗ ${app.fault}`));
		const drift = app && driftLine(name, app);
		if (drift !== undefined) row('', paint(terminal, 'danger', `✗ ${drift}`));
		if (app?.maintenance)
			row(
				'',
				paint(
					terminal,
					'attention',
					`▲ ${maintenanceText(app.maintenance, {name: one.environment, timeZone})}`,
				),
			);
	}
	if (one.services.length > 0) {
		row(
			'services',
			one.services
				.map(({unit, state}) =>
					paint(
						terminal,
						state === 'active' ? 'success' : 'danger',
						`${state === 'active' ? '●' : '✗'} ${unit} ${state}`,
					),
				)
				.join('  '),
		);
	}
	for (const [index, {title, state, text}] of one.processes.entries()) {
		const {role, sign} = processSigns[state];
		row(index === 0 ? 'processes' : '', paint(terminal, role, `${sign} ${title} ${text}`));
	}
	for (const [name, {answer, durationMs, isGood, url}] of [
		['health', one.health] as const,
		...(one.siteHealth ? [['site', one.siteHealth] as const] : []),
	]) {
		row(
			name,
			`${paint(terminal, isGood ? 'success' : 'danger', `${isGood ? '●' : '✗'} ${answer}`)}  ${durationMs} ms  ${url}`,
		);
	}
	if (one.disk) row('disk', `${one.disk.used} used, ${Math.round(one.disk.freeKib / 1024 / 1024)} GiB free`);
	if (one.lock) {
		const doing = one.lock.running.length > 0 ? `, now at ${one.lock.running.join(', ')}` : ', no job running now';
		row(
			'lock',
			paint(
				terminal,
				'attention',
				`▲ ${one.lock.by} on ${one.lock.machine} since ${one.lock.since}, run ${one.lock.run}${doing}`,
			),
		);
		if (one.lock.running.length === 0)
			for (const line of waysPast(one.lock.run, one.environment).split('\n')) row('', line);
	}
};

const describeLive = (
	{live, isAdopted, by, since, buildId, byHand, fault}: NonNullable<EnvironmentStatus['backend']>,
	timeZone: string,
): string => {
	if (!isAdopted) return 'a plain directory, not adopted yet';
	if (live === undefined) return 'nothing is live';
	const unknown = fault === undefined ? '' : ', live since when is not known';
	const when = since === undefined ? unknown : `, live since ${moment(Date.parse(since), timeZone)}`;
	const build = buildId === undefined ? '' : `, BUILD_ID ${buildId}`;
	if (byHand) return `${live}${build}, ${byHandText(byHand, timeZone)}`;
	return `${live}${build}${when}${by === undefined ? '' : `, by ${by}`}`;
};
