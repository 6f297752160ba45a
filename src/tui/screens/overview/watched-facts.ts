import {age} from '../../../domain/format.ts';
import {probeTerms} from '../../../domain/environments/watched.ts';
import type {ProbeReading} from '../../../domain/probes/probe.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import type {EnvironmentHealth} from '../../../store/health/health.ts';
import {healthNow, isEndedBad, isHealthOld, isOn, readingAge} from '../../../store/health/health-places.ts';
import type {EnvironmentView} from '../../../store/overview/overview.ts';
import {hostNow} from '../../../store/overview/overview-facts.ts';
import type {Glyphs} from '../../kit/glyphs.ts';
import {span, type Row} from '../../kit/rows.ts';
import {stopwatch, when} from '../../kit/times.ts';

type Watched = Pick<CockpitState, 'healths' | 'now'>;

/** What a card may say more of an environment that is watched; each only as far as it is known. */
export const watchedLabels = ['site', 'pm2', 'tls', 'watch'] as const;
export type WatchedFacts = Readonly<Partial<Record<(typeof watchedLabels)[number], Row>>>;

/** Rounds after which what a probe found is left out: nobody asks it any more, and the rest of the card is fresh. */
const shownRounds = 6;

/** One probe with its mark; what is old is not known to be so any more. */
const probed = (
	health: EnvironmentHealth,
	reading: ProbeReading | undefined,
	now: number,
	glyphs: Glyphs,
): Row | undefined => {
	if (!reading) return undefined;
	const text = reading.text.replace(/^(\d+) in /, '$1  ');
	const ageMs = readingAge(health, reading.probe, now);
	const {everyMs} = probeTerms(health.environment);
	if (ageMs > shownRounds * everyMs) return undefined;
	if (ageMs > 2 * everyMs) return [span(`${glyphs.unclear} ${text}`, 'muted'), span(`  ${age(ageMs)} ago`, 'muted')];
	if (reading.state === 'unclear') return [span(`${glyphs.unclear} ${text}`, 'attention')];
	return reading.state === 'fail'
		? [span(`${glyphs.failed} ${text}`, 'danger')]
		: [span(glyphs.healthy, 'success'), span(` ${text}`)];
};

/** The watch that goes on as it stands, or that one has ended bad. */
const goingOn = (health: EnvironmentHealth, now: number, glyphs: Glyphs): Row | undefined => {
	const at = healthNow(health, now);
	const on = at === undefined ? [] : health.reports.filter(report => isOn(report, at));
	const ended = at === undefined ? undefined : health.reports.find(report => isEndedBad(report, at));
	if (ended && !on.some(({isBad}) => isBad))
		return [
			span(`${glyphs.attention} ended bad: decide, 5`, 'danger'),
			span(
				`  ${ended.watch.app}, ${when(ended.watch.ended?.at ?? ended.watch.endsAt, at ?? now, health.environment.timeZone)}`,
				'muted',
			),
		];
	const report = on.find(({isBad}) => isBad) ?? on[0];
	if (!report || at === undefined) return undefined;
	const {watch, isBad, triggers} = report;
	const fired = triggers.filter(({state}) => state === 'fired').length;
	const gone = `${stopwatch(at - watch.startedAt)} of ${stopwatch(watch.endsAt - watch.startedAt)}`;
	if (isBad)
		return [
			span(`${glyphs.attention} ${fired > 0 ? 'FIRED' : 'WORSE'}: decide, 5`, 'danger'),
			span(`  ${gone}`, 'muted'),
		];
	if (isHealthOld(health, now)) return [span(`${glyphs.unclear} ${watch.app} ${gone}`, 'muted')];
	return [span(glyphs.running[0] ?? '', 'accent'), span(` ${watch.app} ${gone}`)];
};

/** Who looks while nobody is there, by how often it does. */
const serviceName = (everyMs: unknown): string =>
	typeof everyMs === 'number' && everyMs > 0 ? `the ${age(everyMs)} service` : 'a service';

/** What a service that asks every few minutes has written down last. */
const observed = (view: EnvironmentView, now: number, glyphs: Glyphs): Row | undefined => {
	const last = view.status?.ledger.entries.findLast(({type}) => type === 'health.observed');
	if (!last) return undefined;
	const {unhealthy, everyMs} = last.data;
	const bad = Array.isArray(unhealthy) ? unhealthy.length : 0;
	const at = when(last.at, hostNow(view, now), view.timeZone);
	return bad > 0
		? [span(`${glyphs.attention} ${at}, not healthy ${bad === 1 ? 'once' : `${bad} times`}`, 'attention')]
		: [span(glyphs.done, 'success'), span(` ${at} by ${serviceName(everyMs)}`)];
};

/** What is known besides the overview's own poll, by the probes of the health screen and by the ledger. */
export const watchedFacts = (view: EnvironmentView, {healths, now}: Watched, glyphs: Glyphs): WatchedFacts => {
	const health = healths.find(({environment}) => environment.name === view.name);
	const reading = (is: (one: ProbeReading) => boolean): ProbeReading | undefined => health?.readings.find(is);
	const site =
		health &&
		probed(
			health,
			reading(({probe}) => probe === 'frontend.health'),
			now,
			glyphs,
		);
	const pm2 =
		health &&
		probed(
			health,
			reading(({kind}) => kind === 'process'),
			now,
			glyphs,
		);
	const tls =
		health &&
		probed(
			health,
			reading(({kind}) => kind === 'certificate'),
			now,
			glyphs,
		);
	const watch = (health && goingOn(health, now, glyphs)) ?? observed(view, now, glyphs);
	return {...(site ? {site} : {}), ...(pm2 ? {pm2} : {}), ...(tls ? {tls} : {}), ...(watch ? {watch} : {})};
};
