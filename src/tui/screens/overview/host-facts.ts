import type {AppName} from '../../../domain/environments/environment.ts';
import type {EnvironmentView} from '../../../store/overview/overview.ts';
import {fullPercent} from '../../../store/overview/next-for-you.ts';
import {hostNow, isStale, percent} from '../../../store/overview/overview-facts.ts';
import type {Glyphs} from '../../kit/glyphs.ts';
import {span, type Row, type Span} from '../../kit/rows.ts';
import type {Tone} from '../../kit/theme.tsx';
import {age} from '../../../domain/format.ts';
import {buildName, gap, joined, unclear} from './look.ts';
import {sparkline} from '../../kit/sparkline.ts';

const dayMs = 24 * 3_600_000;
/** Days before its end in which a certificate should be looked at. */
const certificateDays = 14;

/** What stands where nothing is known yet, or will be until the host answers. */
export const notKnown = ({silence}: EnvironmentView, glyphs: Glyphs): Row =>
	unclear(silence ? 'not known' : 'asking', glyphs);

/** A mark and its words; what is old is not known to be so. */
const marked = (isOld: boolean, mark: string, words: string, tone: Tone, {unclear}: Glyphs): Span =>
	span(`${isOld ? unclear : mark} ${words}`, isOld ? 'muted' : tone);

/** The live build and how long it has been live. */
export const liveBuild = (
	view: EnvironmentView,
	now: number,
	glyphs: Glyphs,
	{app = 'backend', isShort = false}: {readonly app?: AppName; readonly isShort?: boolean} = {},
): Row => {
	const {status, readAt} = view;
	if (!status) return notKnown(view, glyphs);
	const reading = status[app];
	if (!reading) return [span(`${glyphs.notApplicable} none here`, 'muted')];
	const isOld = isStale(readAt, now);
	const mark = isOld ? `${glyphs.unclear} ` : '  ';
	if (reading.fault !== undefined) {
		const words = reading.byHand
			? `by hand, ${age(hostNow(view, now) - reading.byHand.at)} ago`
			: 'not as its ledger says';
		return [marked(isOld, glyphs.failed, words, 'danger', glyphs)];
	}
	if (!reading.isAdopted) return [marked(isOld, glyphs.attention, 'not adopted yet', 'attention', glyphs)];
	if (reading.live === undefined) return [marked(isOld, glyphs.open, 'nothing is live', 'muted', glyphs)];
	const since = reading.since === undefined ? '' : age(hostNow(view, now) - Date.parse(reading.since));
	const live = since === '' ? '' : `${isShort ? '' : 'live '}${since}`;
	return [
		span(buildName(reading), isOld ? 'muted' : 'value', {bold: !isOld}),
		span(mark, 'muted'),
		span(live, isOld ? 'muted' : 'value'),
	];
};

/** The last health answer, its time, and the answers before it in `bars` cells. */
export const healthAnswer = (view: EnvironmentView, now: number, glyphs: Glyphs, bars: number, name = ''): Row => {
	const {health, samples = []} = view;
	if (!health) return unclear(name === '' ? 'asking' : `${name}  asking`, glyphs);
	const isFresh = !isStale(health.at, now);
	const tone = isFresh ? (health.isGood ? 'value' : 'danger') : 'muted';
	const mark = !isFresh
		? span(glyphs.unclear, 'muted')
		: span(health.isGood ? glyphs.healthy : glyphs.failed, health.isGood ? 'success' : 'danger');
	const bar = sparkline(samples, bars, glyphs, isFresh);
	const answer = name !== '' && health.isGood ? name : [name, health.answer].filter(text => text !== '').join(' ');
	return [
		mark,
		span(` ${answer}`, tone),
		// The time until a connection was refused says nothing.
		...(/^\d+$/.test(health.answer) ? [span(` ${String(health.durationMs).padStart(3)} ms`, tone)] : []),
		...(bar.length > 0 ? [gap, ...bar] : []),
	];
};

/** Services, those that do not run first, each of them with its state. */
export const servicesRow = (view: EnvironmentView, now: number, glyphs: Glyphs, isShort = false): Row => {
	const {status, readAt} = view;
	if (!status) return notKnown(view, glyphs);
	if (status.services.length === 0) return [span(`${glyphs.notApplicable} none named`, 'muted')];
	const isOld = isStale(readAt, now);
	const failing = status.services.filter(({state}) => state !== 'active');
	const running = status.services.filter(({state}) => state === 'active').map(({unit}) => unit);
	const bad = failing.map(({unit, state}) => [marked(isOld, glyphs.failed, `${unit} ${state}`, 'danger', glyphs)]);
	if (running.length === 0 || (isShort && bad.length > 0)) return joined(bad);
	const good = [
		isOld ? span(glyphs.unclear, 'muted') : span(glyphs.healthy, 'success'),
		span(` ${isShort ? 'services' : running.join('  ')}`, isOld ? 'muted' : 'value'),
	];
	return joined([...bad, good]);
};

type Limit = {readonly text: string; readonly rest?: string; readonly isNear: boolean};

const gigabytes = (kib: number): string => `${Math.round((kib * 1024) / 1e9)} GB`;

const limits = ({status, health}: EnvironmentView, now: number, hasCertificate: boolean): readonly Limit[] => {
	const disk = percent(status?.disk.used);
	const inodes = percent(status?.disk.inodesUsed);
	const free = status && Number.isFinite(status.disk.freeKib) ? gigabytes(status.disk.freeKib) : undefined;
	const certificate =
		!hasCertificate || health?.certificateUntil === undefined
			? undefined
			: Math.floor((health.certificateUntil - now) / dayMs);
	return [
		...(disk === undefined
			? []
			: [{text: `disk ${disk} %`, ...(free ? {rest: free} : {}), isNear: disk > fullPercent}]),
		...(inodes !== undefined && inodes > fullPercent ? [{text: `inodes ${inodes} %`, isNear: true}] : []),
		...(certificate === undefined
			? []
			: [{text: certificate < 0 ? 'tls ended' : `tls ${certificate} d`, isNear: certificate < certificateDays}]),
	];
};

/** Disk, inodes and certificate; what is near a limit has a mark. */
export const hostLimits = (
	view: EnvironmentView,
	now: number,
	glyphs: Glyphs,
	show: 'all' | 'without free space' | 'only near' = 'all',
	hasCertificate = true,
): Row => {
	const onlyNear = show === 'only near';
	if (!view.status) return onlyNear ? [] : notKnown(view, glyphs);
	const isOld = isStale(view.readAt, now);
	const shown = limits(view, now, hasCertificate).filter(({isNear}) => isNear || !onlyNear);
	if (shown.length === 0) return onlyNear ? [] : [span(`${glyphs.unclear} the host does not say`, 'muted')];
	const pieces = shown.map(({text, rest, isNear}, index): Row => {
		const first = isOld
			? span(`${index === 0 ? `${glyphs.unclear} ` : ''}${text}`, 'muted')
			: span(
					isNear ? `${glyphs.attention} ${text}` : text,
					isNear ? 'attention' : text.startsWith('disk') ? 'value' : 'muted',
				);
		return [first, ...(rest === undefined || show !== 'all' ? [] : [span(`  ${rest}`, 'muted')])];
	});
	return joined(pieces);
};

/** How old the facts are; when they are old or the host is silent, when it is asked again. */
export const checkedAge = (view: EnvironmentView, now: number): Row => {
	const {readAt, silence, nextAt} = view;
	const isOld = isStale(readAt, now);
	const read = readAt === undefined ? (silence ? 'never' : 'asking') : `${age(now - readAt)} ago`;
	const when = silence ? `, ${nextTry(nextAt, now)}` : '';
	return [span(read, isOld || silence ? 'attention' : 'muted'), span(when)];
};

const nextTry = (nextAt: number | undefined, now: number): string => {
	if (nextAt === undefined) return 'r tries again';
	return nextAt > now ? `next try in ${age(nextAt - now)}` : 'trying now';
};
