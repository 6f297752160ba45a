import {localMs} from '../../../app/status/watch-overview.ts';
import type {SessionStatus} from '../../../domain/ports.ts';
import type {EnvironmentView} from '../../../store/overview/overview.ts';
import type {Glyphs} from '../../kit/glyphs.ts';
import {span, type Row} from '../../kit/rows.ts';
import {age} from '../../../domain/format.ts';

const refusals: Readonly<Record<string, string>> = {
	'auth-failed': 'login refused',
	'key-file': 'key not usable',
	'host-key-changed': 'host key changed',
	'host-key-unknown': 'host key unknown',
	bug: 'fault',
};

/** State of a connection in a glyph and a few words; a host that does not answer says since when. */
export const linkWords = (
	{silence}: Pick<EnvironmentView, 'silence'>,
	link: SessionStatus | undefined,
	now: number,
	glyphs: Glyphs,
): Row => {
	if (silence) {
		const words = refusals[silence.code] ?? 'no answer';
		return [span(`${glyphs.failed} ${words} ${age(now - silence.since)}`, 'danger')];
	}
	switch (link?.state) {
		case 'ready':
			return [
				span(glyphs.healthy, 'success'),
				span(link.rttMs === undefined ? ' ssh' : ` ssh ${Math.round(link.rttMs)} ms`),
			];
		case 'degraded':
			return [span(`${glyphs.attention} ssh slow ${age(now - link.since)}`, 'attention')];
		case 'connecting':
			return [span(`${glyphs.running[0]} connecting`, 'accent')];
		case 'reconnecting':
			return [span(`${glyphs.running[0]} reconnecting ${age(now - link.since)}`, 'attention')];
		case 'failed':
			return [span(`${glyphs.failed} ssh lost ${age(now - link.since)}`, 'danger')];
		case 'closed':
			return [span(`${glyphs.open} ssh closed`, 'muted')];
		case 'idle':
		case undefined:
			return [span(`${glyphs.open} ssh not open`, 'muted')];
	}
};

/** Reads of this machine that are twice late: its facts may be old too. */
const lateMs = 2 * localMs;

/** What stands where a host has its connection. */
export const hereWords = (local: {readonly at: number} | undefined, now: number, {unclear}: Glyphs): Row =>
	local && now - local.at > lateMs
		? [span(`${unclear} read ${age(now - local.at)} ago`, 'attention')]
		: [span('this machine', 'muted')];
