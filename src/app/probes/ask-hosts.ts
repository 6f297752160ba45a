import {understand} from '../../commands/answers.ts';
import type {LogRequest} from '../../commands/logs/read-logs.ts';
import {parseProbedHost, probeHost, type SlowQuestion} from '../../commands/probes/probe-host.ts';
import {renderCommand} from '../../commands/shell.ts';
import type {Environment, Host} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import {aheadBy} from '../../domain/host-clock.ts';
import type {ProbeRound} from '../../domain/probes/probe.ts';
import type {ProbedHost} from '../../domain/probes/probed-host.ts';
import type {AppServices} from '../app-services.ts';
import {cleanText} from '../clean-text.ts';

export type AskedHost =
	| {
			readonly said: ProbedHost;
			/** Its clock, less this machine's, in milliseconds, by this answer and what was known before. */
			readonly ahead: number;
			/** All it printed, with what was read of logs. */
			readonly answer: string;
	  }
	| {readonly silent: ProbeRound['silent'][number]};

/** The units of an environment's apps, each once, with the app it is named for first. */
export const unitsOf = ({apps}: Environment) => {
	const named = (['backend', 'frontend'] as const).flatMap(app =>
		(apps[app]?.services ?? []).map(({unit}) => ({unit, app})),
	);
	return named.filter(({unit}, index) => named.findIndex(one => one.unit === unit) === index);
};

/** What says which processes answer for the apps of an environment. */
export const workersOf = ({apps: {backend, frontend}, timeZone}: Environment) => {
	// One that is not touched by a deploy goes on with what it has, on purpose.
	const fpm = backend?.services.find(({unit, after}) => /^php.*fpm/.test(unit) && after !== 'nothing')?.unit;
	return {...(fpm === undefined ? {} : {fpm}), ...(frontend ? {port: frontend.port} : {}), timeZone};
};

/** Its slowest tool is bounded by 8 s: a host that says nothing for longer must not hold up what addresses answered. */
const answerMs = 12_000;

/** Asks one host in one exec. That it can't be asked, or answers something else, is an answer; throws only for bugs. */
export const askProbes = async (
	{sessions, clock}: Pick<AppServices, 'sessions' | 'clock'>,
	environment: Environment,
	host: Host,
	{
		questions,
		logs,
		ahead,
		signal,
	}: {
		readonly questions: readonly SlowQuestion[];
		readonly logs: readonly LogRequest[];
		/** Its clock, less this machine's, as it was known before. */
		readonly ahead?: number | undefined;
		readonly signal?: AbortSignal | undefined;
	},
): Promise<AskedHost> => {
	const scheduler = environment.probes?.scheduler?.log;
	const command = probeHost({
		environment,
		units: unitsOf(environment).map(({unit}) => unit),
		questions,
		logs,
		...(scheduler === undefined ? {} : {scheduler}),
	});
	const silent = (code: string, why: string): AskedHost => ({silent: cleanText({host: host.name, code, why})});
	const askedAt = clock.now();
	try {
		const answer = await sessions
			.session(host)
			.exec(renderCommand(command), {lane: 'poll', timeoutMs: answerMs, signal});
		const answeredAt = clock.now();
		const {end, ...said} = understand(host.name, answer, text => parseProbedHost(host.name, text));
		return {said: cleanText(said), ahead: aheadBy(ahead, {time: end, askedAt, answeredAt}), answer: answer.stdout};
	} catch (error) {
		if (!(error instanceof DeployError)) throw error;
		return silent(error.code, error.why);
	}
};
