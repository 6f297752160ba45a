import type {Environment} from '../environments/environment.ts';
import {clockTime, seenFor} from '../format.ts';
import type {ProbeReading} from '../probes/probe.ts';
import type {BadProbe} from '../watch/observe.ts';
import {cutLine, type Message} from './message.ts';

const titlesOf = (probes: readonly BadProbe[]): string => probes.map(({title}) => title).join(', ');

/**
 * What is told where no watch is on: one message of all that has become bad by a look, one of all that is well again.
 * `bad`: all that is bad behind it; `found`: what the look found.
 */
export const healthMessages = (
	{name, title, timeZone}: Pick<Environment, 'name' | 'title' | 'timeZone'>,
	{
		until,
		worse,
		well,
		bad,
		found,
	}: {
		readonly until: number;
		readonly worse: readonly BadProbe[];
		readonly well: readonly BadProbe[];
		readonly bad: readonly BadProbe[];
		readonly found: readonly ProbeReading[];
	},
): readonly Message[] => {
	const textOf = ({probe}: BadProbe): string => found.find(one => one.probe === probe)?.text ?? 'not healthy';
	const keyOf = (probes: readonly BadProbe[]): string =>
		`${name} ${until} ${probes.map(({probe}) => probe).join(' ')}`;
	const left = bad.filter(one => !worse.includes(one));
	const still = left.length === 0 ? [] : [cutLine(`Still not healthy: ${titlesOf(left)}`)];
	const unhealthy: readonly Message[] =
		worse.length === 0
			? []
			: [
					{
						event: 'unhealthy',
						environment: name,
						title: cutLine(`${title} is not healthy: ${titlesOf(worse)}`),
						lines: [
							...worse.map(one =>
								cutLine(`${one.title}: ${textOf(one)}, since ${clockTime(one.since, timeZone)}`),
							),
							...still,
							`Next: see what is wrong: cockpit logs --env ${name}`,
						],
						key: `unhealthy ${keyOf(worse)}`,
					},
				];
	const healthy: readonly Message[] =
		well.length === 0
			? []
			: [
					{
						event: 'healthy',
						environment: name,
						title: cutLine(
							bad.length === 0
								? `${title} is healthy again: ${titlesOf(well)}`
								: `${title}: ${titlesOf(well)} healthy again`,
						),
						lines: [
							...well.map(one => cutLine(`${one.title}: not healthy for ${seenFor(until - one.since)}`)),
							...(worse.length === 0 ? still : []),
						],
						key: `healthy ${keyOf(well)}`,
					},
				];
	return [...unhealthy, ...healthy];
};
