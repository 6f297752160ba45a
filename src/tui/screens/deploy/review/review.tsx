import {useMemo} from 'react';
import {useShallow} from 'zustand/react/shallow';
import type {DeployReview} from '../../../../app/deploy/review-deploy.ts';
import {shortCommit} from '../../../../domain/build.ts';
import {leastEmergencyReason} from '../../../../domain/reason.ts';
import {selectChosen, selectReview, selectWordsAhead, wordsFor} from '../../../../store/deploy/wizard.ts';
import {Rows} from '../../../kit/draw-rows.tsx';
import {inkFocus} from '../../../keys/scopes.ts';
import {blank, span, type Row} from '../../../kit/rows.ts';
import {useTheme} from '../../../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../../../kit/use-cockpit.ts';
import {environmentBar} from '../../../kit/environment-bar.ts';
import {emergencyRows, notYet, unprovedRows} from '../environment-bar.ts';
import {blockedPage} from './blocked-rows.ts';
import {blockedRows} from '../ended/failed-rows.ts';
import {framed, panelHead, problemPanel, type Look, type ScreenProps} from '../../../kit/layout.ts';
import {planRows} from '../../../kit/plan-rows.ts';
import {migrationPage} from './migrations-panel.ts';
import {commitRows, fileRows, liveName, reviewSummary} from './review-rows.ts';
import {ScrollList} from '../../../kit/scroll-list.tsx';
import {spacedStepper, stepper, type StepperView} from '../stepper.ts';
import {age} from '../../../../domain/format.ts';
import {FieldLine} from '../../../kit/text-field.tsx';

/** The way of a deploy at its review. */
const wayWith = (words: readonly string[]): StepperView => ({stage: 'review', intent: 'deploy', words, wordIndex: 0});

/** The rows above every page of a review; fewer on a low screen. */
const reviewHead = (review: DeployReview, title: string, width: number, height: number, look: Look): readonly Row[] => {
	const left = `${review.app} ${shortCommit(review.build.commit)} replaces ${liveName(review)} on ${review.address}`;
	return [
		environmentBar({tier: review.tier, title, left, right: notYet(width)}, width, look),
		...emergencyRows(review.decision.emergency, review.timeZone, width, height),
		...unprovedRows(review.decision.report.policy, width, look),
		...spacedStepper(wayWith(wordsFor(review)), width, height, look),
	];
};

/** What a deploy will change, before anything does. */
export function Review({width, height}: ScreenProps) {
	const theme = useTheme();
	const {state, page, title, subject} = useCockpit(
		useShallow(all => ({
			state: all.review,
			page: all.reviewPage,
			title: selectChosen(all)?.title ?? all.choice?.environment ?? '',
			subject: `${all.choice?.app ?? ''} to ${all.choice?.environment ?? ''}`,
		})),
	);
	const review = useCockpit(selectReview);
	const inner = width - 2;
	const list = useMemo(() => {
		if (!review) return [];
		if (page === 'commits') return commitRows(review, inner);
		if (page === 'files') return fileRows(review, inner, theme);
		if (page === 'migrations') return migrationPage(review, inner, theme);
		return page === 'commands' ? planRows(review.plan, review.steps, inner, theme) : [];
	}, [review, page, inner, theme]);
	if (state.state === 'failed') {
		const rows = blockedRows(state.problem, subject, inner, height, theme) ?? [
			blank,
			...problemPanel(state.problem, inner, theme),
		];
		return <Rows rows={framed(rows, width, height, theme)} />;
	}
	if (!review) return <Loading width={width} height={height} />;
	if (page === 'blocked') return <Blocked width={width} height={height} />;
	const head = reviewHead(review, title, inner, height, theme);
	const room = height - head.length;
	const titles = {
		commits: 'Commits',
		files: 'Files',
		migrations: 'Pending migrations, and what the code that is live meets',
		commands: 'Every command of this run, in order',
	} as const;
	return (
		<>
			<Rows rows={framed(head, width, head.length, theme)} />
			{page === 'summary' ? (
				<Summary width={width} height={room} />
			) : (
				<ScrollList title={titles[page]} rows={list} width={width} height={room} />
			)}
		</>
	);
}

function Summary({width, height}: ScreenProps) {
	const theme = useTheme();
	const review = useCockpit(selectReview);
	const now = useCockpit(state => state.now);
	if (!review) return null;
	return <Rows rows={framed(reviewSummary({review, now}, width - 2, height, theme), width, height, theme)} />;
}

function Blocked({width, height}: ScreenProps) {
	const theme = useTheme();
	const review = useCockpit(selectReview);
	const now = useCockpit(state => state.now);
	const isAsked = useCockpit(state => state.reason !== undefined);
	if (!review) return null;
	const room = height - (isAsked ? reasonRows : 0);
	return (
		<>
			<Rows rows={framed(blockedPage({review, now}, width - 2, room, theme), width, room, theme)} />
			{isAsked && <Reason width={width} />}
		</>
	);
}

/** Rows of the field that asks for the reason: its rule and itself. */
const reasonRows = 2;

function Reason({width}: {readonly width: number}) {
	const theme = useTheme();
	const {glyphs} = theme;
	const store = useCockpitStore();
	const reason = useCockpit(state => state.reason ?? '');
	const isFocused = useCockpit(state => inkFocus(state) === 'filter' && state.dialog === undefined);
	const inner = width - 2;
	const length = reason.trim().length;
	const hint = `  ${length < leastEmergencyReason ? `${length} of ${leastEmergencyReason}` : length} characters `;
	const head = panelHead(
		[span(`${glyphs.attention} EMERGENCY`, 'danger', {bold: true}), span(': why can it not wait?')],
		inner,
		{glyphs},
		'kept on the ledger, and reviewed',
		'danger',
	);
	return (
		<>
			<Rows rows={framed([head], width, 1, theme)} />
			<FieldLine
				sign={[span(`  ${glyphs.prompt} `, 'accent')]}
				value={reason}
				isFocused={isFocused}
				onChange={value => store.getState().setReason(value)}
				end={[span(hint, 'muted')]}
				width={width}
			/>
		</>
	);
}

function Loading({width, height}: ScreenProps) {
	const theme = useTheme();
	const words = useCockpit(useShallow(selectWordsAhead));
	const {environment, since, now} = useCockpit(
		useShallow(({choice, review, now}) => ({
			environment: choice?.environment ?? '',
			since: review.state === 'loading' ? review.since : now,
			now,
		})),
	);
	const row: Row = [
		span(`${theme.glyphs.running[0]} `, 'accent'),
		span(`Reads the sources and asks ${environment}. Nothing is changed.`),
		span(`  ${age(now - since)}`, 'muted'),
	];
	const rows = [stepper(wayWith(words), width - 2, theme), blank, row];
	return <Rows rows={framed(rows, width, height, theme)} />;
}
