import {useShallow} from 'zustand/react/shallow';
import type {SessionStatus} from '../../../../domain/ports.ts';
import type {StepState} from '../../../../domain/runs/run-state.ts';
import {age, size} from '../../../../domain/format.ts';
import {numberOf} from '../../../../store/runs/step-numbers.ts';
import {DialogFrame} from '../../../dialogs/dialog-frame.tsx';
import type {Look, ScreenProps} from '../../../kit/layout.ts';
import {shortRelease} from '../../../kit/names.ts';
import {blank, pad, span, type Row} from '../../../kit/rows.ts';
import {useTheme} from '../../../kit/theme.tsx';
import {useCockpit} from '../../../kit/use-cockpit.ts';
import {selectRunView, type RunView} from './run-view.ts';

type LinkLostView = RunView & {readonly link: SessionStatus | undefined};

/** Only what is sent or asked from here waits; a job is the host's own. */
const waits = (step: StepState, action: string | undefined): boolean =>
	(step.progress !== undefined && (action === 'upload' || action === 'prove')) ||
	action === 'health' ||
	action === 'ask-host' ||
	action === 'take-lock';

const stepRows = ({run, detail}: LinkLostView, {glyphs}: Look): readonly Row[] =>
	run.steps.flatMap((step): Row[] => {
		if (step.state !== 'running') return [];
		const isWaiting = waits(step, detail.actions[step.id]);
		const at = step.progress ? ` at ${size(step.progress.done)} of ${size(step.progress.total)}` : '';
		return [
			[
				span(isWaiting ? glyphs.waits : (glyphs.running[0] ?? ''), isWaiting ? 'attention' : 'accent'),
				...pad([span(` ${numberOf(run.steps, step.id) ?? ''} ${step.title}`)], 28),
				span(isWaiting ? `waits${at}, then goes on` : 'goes on without us, a job on the host', 'muted'),
			],
		];
	});

const nextTry = ({link, now}: LinkLostView): string => {
	if (link?.retryAt !== undefined && link.retryAt > now)
		return `Next attempt in ${Math.ceil((link.retryAt - now) / 1000)} s.`;
	return link?.state === 'failed' ? 'No further attempt is planned.' : 'An attempt is under way.';
};

const lastSeen = ({health, now}: LinkLostView): string => {
	const last = health.answers.at(-1);
	if (!last) return 'its health was not asked yet';
	const ago = age(now - last.at);
	return last.isGood ? `healthy ${ago} ago` : `${last.text} ${ago} ago`;
};

/** What goes on without us, what waits, what is live. */
const linkLostRows = (view: LinkLostView, look: Look): readonly Row[] => {
	const {run, detail, plan, link, now} = view;
	const since = detail.lostAt === undefined ? 'for a moment' : `for ${age(now - detail.lostAt)}`;
	const live = shortRelease(run.live ?? plan?.replaces ?? 'as it was');
	return [
		[span(`No answer ${since}. ${nextTry(view)}`)],
		...(link?.reason === undefined ? [] : [[span(link.reason, 'muted' as const)]]),
		blank,
		...stepRows(view, look),
		blank,
		[span(`Live is ${live}, ${lastSeen(view)}.`)],
		[span('On return the run re-attaches and reads on where it stopped.', 'muted')],
		[span(`If you leave: cockpit resume ${run.record?.run ?? ''}`, 'muted')],
		blank,
		[
			span('Enter', 'accent', {bold: true}),
			span(' try now   '),
			span('D', 'accent', {bold: true}),
			span(' leave it running'),
		],
	];
};

/** Stands over the run while its connection is lost. It takes no keys of its own: the run's keys know the state. */
export function LinkLost({width, height}: ScreenProps) {
	const theme = useTheme();
	const view = useCockpit(useShallow(selectRunView));
	const link = useCockpit(state => state.links[state.runPlan?.environment ?? '']);
	const attempt = link?.attempt;
	return (
		<DialogFrame
			size={{columns: width, rows: height}}
			title={`Connection to ${view.plan?.environment ?? view.run.host} lost`}
			tone={view.plan?.tier === 'production' ? 'danger' : 'attention'}
			fact={attempt === undefined ? [] : [span(`${theme.glyphs.running[0]} attempt ${attempt}`, 'attention')]}
			content={linkLostRows({...view, link}, theme)}
		/>
	);
}
