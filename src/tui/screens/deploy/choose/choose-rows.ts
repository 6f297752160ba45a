import {shortCommit} from '../../../../domain/build.ts';
import type {Board} from '../../../../store/overview/evidence.ts';
import type {EnvironmentView} from '../../../../store/overview/overview.ts';
import type {DeployOption, LeftRun} from '../../../../store/deploy/wizard.ts';
import {verdictTone} from '../../../kit/marks.ts';
import {blank, pad, span, type Row} from '../../../kit/rows.ts';
import {chip, factRows, panelHead, paragraph, type Look} from '../../../kit/layout.ts';
import {age} from '../../../../domain/format.ts';

/** Answers older than this are not shown as the state of now. */
const staleMs = 30_000;

const isNotAdopted = ({app}: DeployOption, view: EnvironmentView | undefined): boolean =>
	view?.status?.[app]?.isAdopted === false;

/** What the gates say, as the boards of the overview do; an old answer is none. */
const verdict = ({promotedFrom}: DeployOption, board: Board | undefined, look: Look): Row => {
	if (promotedFrom === undefined) return [];
	if (!board) return [span('gates: asking', 'muted')];
	if (board.isStale) return [span('gates: not asked lately', 'attention')];
	const {report} = board;
	const closed = report.gates.find(({state}) => state !== 'met');
	return [
		...chip(report.verdict, verdictTone[report.verdict], look),
		...(closed ? [span(` ${closed.gate}: ${closed.text}`, 'muted')] : []),
	];
};

/** Release that is live; where a verdict stands beside it, its commit says enough. */
const liveText = ({app, promotedFrom}: DeployOption, view: EnvironmentView | undefined): string | undefined => {
	const {live, commit} = view?.status?.[app] ?? {};
	return promotedFrom !== undefined && live !== undefined && commit !== undefined ? shortCommit(commit) : live;
};

const note = (option: DeployOption, view: EnvironmentView | undefined, board: Board | undefined, look: Look): Row => {
	const {glyphs} = look;
	if (option.refusal) return [span(`${glyphs.notApplicable} ${option.refusal.why}`, 'muted')];
	if (isNotAdopted(option, view)) return [span(`${glyphs.attention} adopt first: A`, 'attention')];
	const lock = view?.status?.lock;
	if (lock?.app === option.app) return [span(`${glyphs.attention} locked by ${lock.by}`, 'attention')];
	const live = liveText(option, view);
	const gates = verdict(option, board, look);
	return [
		...(live === undefined ? [span('not asked yet', 'muted')] : [span('live ', 'muted'), span(live)]),
		...(gates.length > 0 ? [span('  '), ...gates] : []),
	];
};

/** One line of the menu. */
export const optionRow = (
	option: DeployOption,
	{view, board}: {readonly view: EnvironmentView | undefined; readonly board: Board | undefined},
	isSelected: boolean,
	width: number,
	look: Look,
): Row =>
	pad(
		[
			...pad([span(option.app, option.refusal ? 'muted' : 'value', {bold: isSelected})], 10),
			...pad([span(option.title, option.refusal ? 'muted' : option.tier, {bold: isSelected})], 24),
			...note(option, view, board, look),
		],
		width,
		look.glyphs.cut,
	);

export const leftRow = (left: LeftRun, isSelected: boolean, width: number, {glyphs}: Look): Row =>
	pad(
		[
			...pad([span('resume', 'attention', {bold: isSelected})], 10),
			span(`${left.title}, ${left.done} of ${left.of} steps done`, 'value', {bold: isSelected}),
		],
		width,
		glyphs.cut,
	);

/** What is known of the entry under the cursor. */
export const optionDetail = (
	option: DeployOption,
	view: EnvironmentView | undefined,
	now: number,
	width: number,
	look: Look,
): readonly Row[] => {
	const {glyphs} = look;
	const readAt = view?.readAt;
	const isStale = readAt === undefined || now - readAt > staleMs;
	const seen = readAt === undefined ? 'not asked yet' : `read ${age(now - readAt)} ago`;
	const head = panelHead(
		`${option.title}, ${option.app}`,
		width,
		{glyphs},
		option.refusal ? [] : [span(seen, isStale ? 'attention' : 'muted')],
	);
	if (option.refusal) {
		return [head, ...paragraph('Why', option.refusal.why, width), ...paragraph('Next', option.refusal.next, width)];
	}
	const status = view?.status;
	const live = status?.[option.app]?.live;
	const {health, silence} = view ?? {};
	const isOld = health === undefined || now - health.at > staleMs;
	const healthTone = isOld ? 'muted' : health.isGood ? 'success' : 'danger';
	const healthGlyph = isOld ? glyphs.unclear : health.isGood ? glyphs.healthy : glyphs.failed;
	const lock = status?.lock;
	return [
		head,
		...factRows({
			host: option.address,
			live: live === undefined ? undefined : [span(live, isStale ? 'muted' : 'value', {bold: !isStale})],
			health: health && [
				span(healthGlyph, healthTone),
				span(` ${health.answer}  ${health.durationMs} ms`, isOld ? 'muted' : 'value'),
			],
			lock: lock && [span(`${glyphs.attention} ${lock.by} on ${lock.machine}, run ${lock.run}`, 'attention')],
		}),
		...(silence
			? [...paragraph('Why', silence.why, width, 'danger'), ...paragraph('Next', silence.next, width)]
			: []),
		...(isNotAdopted(option, view) ? adoptFirst(width) : []),
	];
};

const adoptFirst = (width: number): readonly Row[] => [
	...paragraph('Now', 'A plain directory, as the old scripts leave it.', width, 'attention'),
	...paragraph('Next', 'A takes it over once, after you type adopt. It can be undone: cockpit adopt --undo.', width),
];

/** What is known of the run that was left. */
export const leftDetail = (left: LeftRun, now: number, width: number, look: Look): readonly Row[] => [
	panelHead('A run was left', width, look, [span(`${age(now - left.at)} ago`, 'attention')]),
	...factRows({
		run: left.run,
		what: left.title,
		'so far': `${left.done} of ${left.of} steps done, as far as this machine knows`,
	}),
	blank,
	...paragraph(
		'Next',
		`Enter asks the host and goes on where it stopped. Same as: cockpit resume ${left.run}`,
		width,
	),
];
