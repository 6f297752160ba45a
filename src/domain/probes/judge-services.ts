import type {AppName} from '../environments/environment.ts';
import {age, size} from '../format.ts';
import type {ProbeFinding} from './probe.ts';
import type {ProbedHost, ProbedProcess, ProbedUnit} from './probed-host.ts';
import {isInTrouble, restartedText} from './restarts.ts';

/** Restarts of one service that count, by its probe: since the swap, or since it was first seen. */
export type CountRestarts = (probe: string, restarts: number) => number;

const counted = (restarts: number) => ({value: restarts, unit: 'count' as const, limit: 0});

const judgeUnit = (
	{host, time}: ProbedHost,
	name: string,
	unit: ProbedUnit | undefined,
	count: CountRestarts,
): ProbeFinding => {
	const common = {probe: `${host}.service.${name}`, title: name, kind: 'service' as const, host};
	if (!unit) return {...common, state: 'unclear', text: 'systemctl did not name it'};
	const {state, sub, result, since, restarts} = unit;
	if (state === 'not-found') return {...common, state: 'fail', text: 'there is no such unit'};
	const own = restarts === undefined ? undefined : count(common.probe, restarts);
	const figures = own === undefined ? {} : counted(own);
	// Whatever was counted before, systemd counts only what it started by itself.
	if (state !== 'active') {
		const why = [result, sub].find(word => word !== '' && word !== 'success' && word !== state && word !== 'dead');
		return {
			...common,
			...figures,
			state: 'fail',
			text: `${state}${why === undefined ? '' : ` (${why})`}${restartedText(restarts ?? 0)}`,
		};
	}
	const isTroubled = isInTrouble(restarts ?? 0, since, time);
	return {
		...common,
		...figures,
		state: isTroubled ? 'fail' : 'pass',
		text: `active${since === undefined ? '' : `, ${age(time - since)}`}${restartedText(isTroubled ? (restarts ?? 0) : (own ?? 0))}`,
	};
};

/** The units of the apps on one host, in their order. */
export const judgeUnits = (
	host: ProbedHost,
	units: readonly {readonly unit: string; readonly app: AppName}[],
	countFor: (app: AppName) => CountRestarts,
): readonly ProbeFinding[] =>
	units.map(({unit, app}) => {
		const {units: said} = host;
		if ('why' in said) {
			const probe = `${host.host}.service.${unit}`;
			return {probe, title: unit, kind: 'service', app, host: host.host, state: 'unclear', text: said.why};
		}
		return {
			...judgeUnit(
				host,
				unit,
				said.find(one => one.unit === unit),
				countFor(app),
			),
			app,
		};
	});

const judgeProcess = (
	{host, time}: ProbedHost,
	name: string,
	items: readonly ProbedProcess[],
	count: CountRestarts,
): ProbeFinding => {
	const common = {probe: `${host}.process.${name}`, title: name, kind: 'process' as const, app: 'frontend' as const};
	const restarts = items.reduce((sum, one) => sum + one.restarts, 0);
	// PM2 counts what people do, too; only what ended in its first moments was surely not one of them.
	const unstable = items.reduce((sum, one) => sum + one.unstable, 0);
	const own = Math.max(count(common.probe, restarts), unstable);
	const down = items.filter(({status}) => status !== 'online');
	const started = Math.max(...items.map(({startedAt}) => startedAt));
	const memory = items.reduce((sum, one) => sum + one.memoryBytes, 0);
	const figures = {...common, host, ...counted(own), count: items.length};
	if (down.length > 0) {
		const states = [...new Set(down.map(({status}) => status))].join(', ');
		const which = items.length === down.length ? states : `${down.length} of ${items.length} ${states}`;
		return {...figures, state: 'fail', text: `${which}${restartedText(own > 0 ? own : restarts)}`};
	}
	return {
		...figures,
		state: isInTrouble(own, started, time) ? 'fail' : 'pass',
		text: `online, ${age(time - started)}${restartedText(own)}, ${size(memory)}`,
	};
};

/** The app's process under PM2 on one host; `names`: those that are accepted, the usual one first. */
export const judgeProcesses = (
	host: ProbedHost,
	names: readonly [string, ...string[]],
	count: CountRestarts,
): readonly ProbeFinding[] => {
	const {pm2} = host;
	if (pm2 === undefined) return [];
	const common = {kind: 'process' as const, app: 'frontend' as const, host: host.host};
	const [usual] = names;
	const missing = {...common, probe: `${host.host}.process.${usual}`, title: usual};
	if ('why' in pm2) return [{...missing, state: 'unclear', text: pm2.why}];
	// Of two names the one that runs counts; the other is what another environment would call it.
	const found = names
		.map(name => pm2.instances.filter(one => one.name === name))
		.filter(items => items.length > 0)
		.toSorted((a, b) => Number(isOnline(b)) - Number(isOnline(a)))[0];
	const name = found?.[0]?.name;
	if (found === undefined || name === undefined)
		return [{...missing, state: 'fail', text: `PM2 of ${pm2.user} has no such process`}];
	return [judgeProcess(host, name, found, count)];
};

const isOnline = (items: readonly ProbedProcess[]): boolean => items.some(({status}) => status === 'online');
