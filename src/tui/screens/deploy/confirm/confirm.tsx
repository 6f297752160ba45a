import {Box} from 'ink';
import {useShallow} from 'zustand/react/shallow';
import {shortCommit} from '../../../../domain/build.ts';
import {takeOverWord} from '../../../../domain/runs/confirm.ts';
import {acceptable} from '../../../../domain/gates/gates.ts';
import {digestWord} from '../../../../domain/gates/policy.ts';
import {selectChosen, selectReview, selectWord} from '../../../../store/deploy/wizard.ts';
import {Rows} from '../../../kit/draw-rows.tsx';
import {TextField} from '../../../kit/text-field.tsx';
import {inkFocus} from '../../../keys/scopes.ts';
import {blank, span, widthOf, type Row} from '../../../kit/rows.ts';
import {useTheme} from '../../../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../../../kit/use-cockpit.ts';
import {adoptEvidence, deployEvidence, lettersRow, policyEvidence, verifiedEvidence} from './confirm-rows.ts';
import {banner, emergencyRows, environmentBar, notYet} from '../environment-bar.ts';
import {framed, panelHead} from '../../../kit/layout.ts';
import {takeOverEvidence, takeOverHead} from './takeover-rows.ts';
import type {StageProps} from '../stage-props.ts';
import {stepper} from '../stepper.ts';

/** Rows below the evidence: rule, field, what any other word does. */
const gateRows = 3;

/** The evidence, and the word below it in the same frame. */
export function Confirm({width, height}: StageProps) {
	const theme = useTheme();
	const steps = useCockpit(useShallow(({stage, intent, words, wordIndex}) => ({stage, intent, words, wordIndex})));
	const option = useCockpit(selectChosen);
	const review = useCockpit(selectReview);
	const now = useCockpit(state => state.now);
	const inner = width - 2;
	const takeOver = useCockpit(state => (state.intent === 'takeover' ? state.takeOver : undefined));
	const isAdoption = steps.intent === 'adopt';
	const tier = takeOver?.place.tier ?? (isAdoption ? (option?.tier ?? 'preprod') : (review?.tier ?? 'preprod'));
	const title = option?.title ?? review?.environment ?? '';
	const word = steps.words[steps.wordIndex];
	const toAccept = review && steps.intent === 'deploy' ? acceptable(review.decision.report) : undefined;
	const isAccepting = toAccept !== undefined && word === digestWord(toAccept);
	const isVerifying = !isAdoption && tier === 'production' && word === 'VERIFIED';
	const address = review?.address ?? option?.address ?? '';
	const what = isAdoption ? `adopt ${option?.app ?? ''} on ${option?.address ?? ''}` : (review?.title ?? '');
	const place: readonly Row[] = takeOver
		? takeOverHead(takeOver, inner, height, theme)
		: isAccepting
			? banner('THIS POLICY IS NOT THAT OF THE LAST RUN', [`${title}: ${what}`], inner, height)
			: tier === 'production'
				? isVerifying
					? banner(
							`${theme.glyphs.attention} PRODUCTION DEPLOYMENT WARNING ${theme.glyphs.attention}`,
							[
								`${review?.app ?? ''} ${shortCommit(review?.build.commit ?? '')}  to  ${title}  ${address}`,
							],
							inner,
							height,
						)
					: banner('AFFECTS ALL LIVE USERS', [`Server: ${address}`, `${title}: ${what}`], inner, height)
				: [environmentBar({tier, title, left: what, right: notYet(inner)}, inner, theme)];
	const head: readonly Row[] = [
		...place,
		...(steps.intent !== 'deploy' || !review
			? []
			: emergencyRows(review.decision.emergency, review.timeZone, inner, height)),
		...(height >= 28 ? [blank] : []),
		stepper(steps, inner, theme),
		...(height >= 20 ? [blank] : []),
	];
	const room = Math.max(0, height - head.length - gateRows);
	const evidence = takeOver
		? takeOverEvidence(takeOver, inner, room - 1, theme)
		: isAdoption
			? adoptEvidence(option, inner, room - 1, theme)
			: review
				? isAccepting
					? policyEvidence(review, inner, room - 1, theme)
					: (isVerifying ? verifiedEvidence : deployEvidence)(review, now, inner, room - 1, theme)
				: [];
	const top = [...head, ...evidence, ...(room > evidence.length ? [blank] : [])];
	return (
		<>
			<Rows rows={framed(top, width, top.length, theme)} />
			<Gate
				width={width}
				height={height - top.length}
				isProduction={(tier === 'production' || isAccepting) && !takeOver}
				isAccepting={isAccepting}
			/>
		</>
	);
}

const afterWord = (isProduction: boolean, isVerified: boolean): string => {
	if (!isProduction) return 'Any other word starts nothing. Esc goes back. Nothing has been changed.';
	const stops = 'Nothing has been changed. Any other word stops here.';
	return isVerified ? `${stops} Next: name the server.` : stops;
};

function Gate({
	width,
	height,
	isProduction,
	isAccepting,
}: StageProps & {readonly isProduction: boolean; readonly isAccepting: boolean}) {
	const theme = useTheme();
	const {glyphs} = theme;
	const store = useCockpitStore();
	const typed = useCockpit(state => state.typed);
	const word = useCockpit(state => selectWord(state) ?? '');
	const isFocused = useCockpit(state => inkFocus(state) === 'typed-word');
	const inner = width - 2;
	const isVerified = word === 'VERIFIED';
	const letters = lettersRow(typed, word);
	const tone = isProduction ? 'danger' : 'accent';
	const head = panelHead(
		[
			span('Type ', 'value', {bold: true}),
			span(word, tone, {bold: true}),
			span(
				isAccepting
					? ' to accept this policy'
					: isVerified
						? ' if you have checked this yourself'
						: word === takeOverWord
							? ' to drive it on from here'
							: ' to start',
				'value',
				{bold: true},
			),
		],
		inner,
		{glyphs},
		[],
		tone,
	);
	const field = Math.max(1, inner - 4 - widthOf(letters) - 1);
	return (
		<>
			<Rows rows={framed([head], width, 1, theme)} />
			<Box width={width} height={1} flexShrink={0} overflow="hidden">
				<Rows rows={[[span(`  ${glyphs.prompt} `, 'accent')]]} />
				<Box width={field} height={1} overflow="hidden">
					<TextField value={typed} focus={isFocused} onChange={value => store.getState().setTyped(value)} />
				</Box>
				<Rows rows={[letters]} />
			</Box>
			<Rows
				rows={framed(
					[[span(` ${afterWord(isProduction, isVerified)}`, 'muted')]],
					width,
					Math.max(0, height - 2),
					theme,
				)}
			/>
		</>
	);
}
