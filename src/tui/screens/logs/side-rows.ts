import {size} from '../../../domain/format.ts';
import type {LogLevel} from '../../../domain/logs/log.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import {
	isLogRead,
	selectListedSources,
	selectLogs,
	selectLogSource,
	selectOfferedSources,
	selectRate,
	selectSinceSwap,
} from '../../../store/logs/logs.ts';
import {atMost, panelHead, stack, wrap, type Look} from '../../kit/layout.ts';
import {fit, justify, muted, pad, span, type Row} from '../../kit/rows.ts';
import type {TalliedKind} from '../../../store/logs/log-tally.ts';
import type {Tone} from '../../kit/theme.tsx';
import {titleOf} from './look.ts';

const signs: Readonly<Record<LogLevel, {readonly glyph: 'failed' | 'attention' | undefined; readonly tone: Tone}>> = {
	error: {glyph: 'failed', tone: 'danger'},
	warn: {glyph: 'attention', tone: 'attention'},
	info: {glyph: undefined, tone: 'value'},
	debug: {glyph: undefined, tone: 'muted'},
};

const signOf = (level: LogLevel, {glyphs}: Look, isQuiet = false) => {
	const {glyph, tone} = signs[level];
	return span(glyph === undefined || isQuiet ? ' ' : glyphs[glyph], isQuiet ? 'muted' : tone);
};

const words: Readonly<Record<LogLevel, readonly [string, string]>> = {
	error: ['error', 'errors'],
	warn: ['warning', 'warnings'],
	info: ['info', 'info'],
	debug: ['debug', 'debug'],
};

/** `3 warnings` */
export const countText = (level: LogLevel, count: number): string =>
	`${count.toLocaleString('en')} ${words[level][count === 1 ? 0 : 1]}`;

const sourcesPanel = (state: CockpitState, width: number, look: Look): readonly Row[] => {
	const {logPanel, isLogMerged} = state;
	const {glyphs} = look;
	const chosen = selectLogSource(state);
	const fact = isLogMerged ? [span('all', 'accent', {bold: true})] : [];
	return [
		panelHead('Sources', width, look, fact),
		...selectOfferedSources(state).map(({id}): Row => {
			const isHere = id === chosen?.id;
			const sign = isHere ? (logPanel === 'sources' ? glyphs.cursor : glyphs.prompt) : ' ';
			const rate = !isLogRead(state, id)
				? span(`${glyphs.unclear} unread`, 'attention')
				: span(`${selectRate(state, id)}/min`, 'muted');
			return justify(
				[span(sign, 'accent'), span(' '), span(titleOf(state, id), 'value', {bold: isHere})],
				[rate],
				width,
			);
		}),
	];
};

const kindRows = (title: string, kinds: readonly TalliedKind[], width: number, look: Look): readonly Row[] =>
	kinds.length === 0
		? []
		: [
				[span(` ${title}`, 'muted')],
				...atMost(
					kinds.map(({level, text, count}): Row => {
						const end: Row = [span(` ${count.toLocaleString('en')}`, 'muted')];
						const left: Row = [span(' '), signOf(level, look), span(' '), span(text)];
						const room = width - 2 - end.reduce((sum, piece) => sum + piece.text.length, 0);
						return [...pad(fit(left, room, look.glyphs.cut), room), ...end];
					}),
					4,
				),
			];

const swapPanel = (state: CockpitState, width: number, look: Look): readonly Row[] => {
	const since = selectSinceSwap(state);
	if (!since) return [panelHead('Since the swap', width, look), muted(' not known')];
	const {counts, kinds, isFull, skippedBytes, unread} = since;
	return [
		panelHead('Since the swap', width, look),
		...(['error', 'warn', 'info', 'debug'] as const).map((level): Row => [
			span(' '),
			signOf(level, look, counts[level] === 0),
			span(` ${countText(level, counts[level])}`, counts[level] === 0 ? 'muted' : signs[level].tone),
		]),
		...(skippedBytes === 0 ? [] : [[span(` ${size(skippedBytes)} not read`, 'attention' as const)]]),
		...(unread === 0 ? [] : [[span(` ${look.glyphs.unclear} ${unread} not counted`, 'attention' as const)]]),
		...kindRows(
			'New kinds',
			kinds.filter(({isNew}) => isNew),
			width,
			look,
		),
		...kindRows(
			'Known before the swap',
			kinds.filter(({isNew}) => !isNew),
			width,
			look,
		),
		...(isFull ? [[span(' more kinds than are kept', 'attention' as const)]] : []),
	];
};

const filePanel = (state: CockpitState, width: number, look: Look): readonly Row[] => {
	const source = selectLogSource(state);
	const {masked} = selectLogs(state);
	const secrets = muted(` secrets masked: ${masked.toLocaleString('en')}`);
	if (!source) {
		const listed = selectListedSources(state).length;
		return listed === 0 ? [] : [panelHead('File', width, look), muted(` ${listed} logs by time`), secrets];
	}
	const {file: path = source.path, sizeBytes} = state.logFiles[source.id] ?? {};
	const name = path.split('/').at(-1) ?? path;
	const directory = path.slice(0, path.length - name.length);
	return [
		panelHead('File', width, look),
		...[directory, name].flatMap(part => wrap(part, width - 1)).map((part): Row => [span(` ${part}`)]),
		[span(` ${source.host}`, 'muted'), ...(sizeBytes === undefined ? [] : muted(`, ${size(sizeBytes)}`))],
		secrets,
	];
};

/** What stands beside the entries: sources, counts since the swap, the file. */
export const sideRows = (state: CockpitState, width: number, height: number, look: Look): readonly Row[] =>
	stack([sourcesPanel(state, width, look), swapPanel(state, width, look), filePanel(state, width, look)], height);
