import {downtimeTold} from '../../../domain/runs/downtime-words.ts';
import {historyDetail, type Fact, type HistoryDetail, type PastGate} from '../../../app/history/history-detail.ts';
import type {GateState} from '../../../domain/gates/gates.ts';
import type {StepState} from '../../../domain/runs/run-state.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import {selectHistoryLine, selectLedgers, selectRunLook} from '../../../store/history/history.ts';
import {gateMark, markSpan, type Marked} from '../../kit/marks.ts';
import {fit, justify, muted, pad, span, type Row} from '../../kit/rows.ts';
import type {Tone} from '../../kit/theme.tsx';
import {labelled, paragraph, loose, panelHead, stack, type Look} from '../../kit/layout.ts';
import {stopwatch} from '../../kit/times.ts';

/** What is known of the line under the cursor; undefined where there is none. */
export const detailOf = (state: CockpitState) => {
	const line = selectHistoryLine(state);
	if (!line) return undefined;
	const timeZone = state.environments.find(({name}) => name === line.environment)?.timeZone ?? 'UTC';
	return {
		detail: historyDetail(line, {ledgers: selectLedgers(state), timeZone}),
		/** What this machine knows of the run; undefined for what is no run. */
		look: line.kind === 'run' ? selectRunLook(state, line) : undefined,
	};
};

type DetailView = NonNullable<ReturnType<typeof detailOf>>;

/** As wide as the longest label, so that the id of a run fits beside it. */
const labelWidth = 9;

const toneOf = ({label, isFault}: Fact): Tone =>
	isFault ? 'danger' : label === 'emergency' ? 'attention' : label === 'entry' || label === 'by' ? 'muted' : 'value';

const factRows = (fact: Fact, width: number): readonly Row[] =>
	paragraph(fact.label, fact.text, width + 1, toneOf(fact), labelWidth);

const isGateState = (state: string): state is GateState =>
	['met', 'failed', 'open', 'waiting', 'unknown'].includes(state);

const gateRow = ({gate, state, text}: PastGate, width: number, {glyphs}: Look): Row => {
	const {mark, tone} = gateMark(isGateState(state) ? state : 'unknown', glyphs);
	return fit([span(` ${mark} `, tone), ...pad([span(gate, 'muted')], 9), span(' '), span(text)], width, glyphs.cut);
};

const gatesPanel = ({gates}: HistoryDetail, width: number, look: Look): readonly Row[] =>
	gates.length === 0
		? []
		: [panelHead('Gates at the start', width, look), ...gates.map(gate => gateRow(gate, width, look))];

const chainPanel = ({chain}: HistoryDetail, width: number, look: Look): readonly Row[] => [
	panelHead('Chain', width, look),
	...chain.flatMap(fact => factRows(fact, width)),
];

const slowestPanel = ({look: run}: DetailView, width: number, look: Look): readonly Row[] => {
	if (run === undefined || run === 'none') return [];
	const rows = run.state.steps
		.flatMap(({title, durationMs}) => (durationMs === undefined ? [] : [{title, durationMs}]))
		.toSorted((a, b) => b.durationMs - a.durationMs)
		.slice(0, 4)
		.map(({title, durationMs}) => justify([span(` ${title}`)], muted(stopwatch(durationMs)), width));
	return rows.length === 0 ? [] : [panelHead('Steps', width, look, 'slowest first'), ...rows];
};

/** What is known of the line under the cursor, in a column. */
export const detailRows = (view: DetailView, width: number, height: number, look: Look): readonly Row[] => {
	const {detail} = view;
	return stack(
		[
			[panelHead(detail.title, width, look), ...detail.facts.flatMap(fact => factRows(fact, width))],
			gatesPanel(detail, width, look),
			slowestPanel(view, width, look),
			chainPanel(detail, width, look),
		],
		height,
	);
};

const textOf = (facts: readonly Fact[], label: string): string => facts.find(fact => fact.label === label)?.text ?? '';

const joined = (facts: readonly Fact[], labels: readonly string[]): string =>
	labels
		.map(label => [label, textOf(facts, label)] as const)
		.filter(([, text]) => text !== '')
		.map(([label, text]) => (label === 'took' ? text : `${label} ${text}`))
		.join('; ');

const gatesText = (gates: readonly PastGate[]): string => {
	const met = gates.filter(({state}) => state === 'met').length;
	const others = gates.filter(({state}) => state !== 'met').map(({gate, text}) => `${gate}: ${text}`);
	return [`${met} of ${gates.length} met`, ...others].join('; ');
};

/** The same in a few lines below the list. */
export const detailShort = ({detail}: DetailView, width: number, height: number, look: Look): readonly Row[] => {
	const {title, facts, gates, chain} = detail;
	const row = (label: string, text: string, tone: Tone = 'value'): readonly Row[] =>
		text === '' ? [] : [fit(labelled(label, [span(text, tone)]), width, look.glyphs.cut)];
	const isRun = textOf(facts, 'started') !== '' || textOf(facts, 'ended') !== '';
	const own = isRun
		? [
				...row('run', textOf(facts, 'run')),
				...row('took', joined(facts, ['took', 'replaced', 'then', 'target', 'digest'])),
				...row('emergency', textOf(facts, 'emergency'), 'attention'),
				...row('pair', textOf(facts, 'pair')),
				...(gates.length === 0 ? [] : row('gates', gatesText(gates))),
				// The list has the time, too.
				...row('started', textOf(facts, 'started') || textOf(facts, 'ended')),
			]
		: facts
				.filter(({label}) => !['entry', 'by', 'at', 'title', 'text'].includes(label))
				.flatMap(({label, text}) => row(label, text));
	const fault = chain.find(({isFault}) => isFault);
	const end = row(
		'chain',
		`${textOf(chain, 'this')} after ${textOf(chain, 'before')}; ${textOf(chain, 'witness')}`,
		fault ? 'danger' : 'value',
	);
	const by = `entry ${textOf(facts, 'entry').replace(/,.* with .*$/, '')}, ${textOf(facts, 'by')}`;
	return [panelHead(title, width, look, by), ...own.slice(0, Math.max(0, height - 1 - end.length)), ...end].slice(
		0,
		Math.max(0, height),
	);
};

const stepMarks: Readonly<Record<StepState['state'], Marked>> = {
	done: ['done', 'success'],
	failed: ['failed', 'danger'],
	cancelled: ['notApplicable', 'muted'],
	running: ['running', 'accent'],
	waiting: ['open', 'muted'],
};

const stepRow = (step: StepState, width: number, {glyphs}: Look): Row =>
	justify(
		[
			span(' '),
			markSpan(stepMarks[step.state], glyphs),
			span(` ${step.title}`),
			span(step.state === 'done' ? '' : `  ${step.state}`, step.state === 'failed' ? 'danger' : 'muted'),
			span(step.summary === undefined ? '' : `  ${step.summary}`, 'muted'),
		],
		[span(step.durationMs === undefined ? '' : stopwatch(step.durationMs), 'muted')],
		width,
	);

const journalRows = ({look: run, detail}: DetailView, width: number, look: Look): readonly Row[] => {
	if (run === undefined || run === 'none') {
		const isRun = textOf(detail.facts, 'run') !== '';
		return isRun
			? [
					panelHead('Steps', width, look),
					muted(' Not known here: another machine drove this run, or its journal is gone after 30 days.'),
				]
			: [];
	}
	const {steps, downtime, notes, finished} = run.state;
	const fact = (label: string, text: string): readonly Row[] => factRows({label, text}, width);
	return [
		panelHead('Steps', width, look, 'from the journal of this machine'),
		...steps.map(step => stepRow(step, width, look)),
		...(downtime === undefined ? [] : fact('downtime', downtimeTold(downtime))),
		...notes.flatMap(text => fact('note', text)),
		...(finished?.error
			? [
					...factRows({label: 'failed', text: finished.error.what, isFault: true}, width),
					...fact('why', finished.error.why.replaceAll('\n', '; ')),
				]
			: []),
		...fact('log', run.logPath),
	];
};

/** Everything that is known of a line, below each other, to be scrolled. */
export const reportRows = (view: DetailView, width: number, look: Look): readonly Row[] => {
	const {detail} = view;
	return loose([
		detail.facts.flatMap(fact => factRows(fact, width)),
		gatesPanel(detail, width, look),
		journalRows(view, width, look),
		chainPanel(detail, width, look),
	]);
};
