import type {DeployReview} from '../../../../app/deploy/review-deploy.ts';
import {shortCommit} from '../../../../domain/build.ts';
import {age, moment} from '../../../../domain/format.ts';
import type {HookPolicy} from '../../../../domain/environments/hooks.ts';
import type {Touches} from '../../../../domain/runs/pipeline.ts';
import type {DeployOption} from '../../../../store/deploy/wizard.ts';
import {justify, pad, span, type Row} from '../../../kit/rows.ts';
import {
	factRows,
	firstFitting,
	flow,
	hanging,
	columnsOf,
	labelled,
	loose,
	panelHead,
	paragraph,
	stack,
	type Look,
} from '../../../kit/layout.ts';
import {gateRows} from '../review/gates-rows.ts';
import {numberText} from '../run/steps-rows.ts';
import {backupText, checksChip, liveName, uploadText, usualText} from '../review/review-rows.ts';

const says: Readonly<Record<Touches, string>> = {
	nothing: 'changes nothing',
	backups: 'live is only read',
	candidate: 'beside live, which is not touched',
	live: 'changes live',
};

const hooksSay: Readonly<Record<HookPolicy, string>> = {
	'go-on': 'hooks; one that fails is noted',
	stop: 'hooks; one that fails ends the run as failed',
	rollback: 'hooks; one that fails takes live back',
};

const stepNote = (review: DeployReview, {id, touches}: DeployReview['steps'][number]): string => {
	if (id === 'back-up') return backupText(review);
	if (id === 'build') return 'here, in a clean work tree; live is not touched';
	if (id === 'upload-files' || id === 'upload') return `${uploadText(review)}, ${says.candidate}`;
	const worst = review.closingHooks?.[id];
	if (worst !== undefined) return hooksSay[worst];
	return id === review.swapStep ? 'the swap: live changes here' : says[touches];
};

const stepsPanel = (review: DeployReview, width: number, look: Look): readonly Row[] => [
	panelHead('When you press Enter', width, look, `usually ${usualText(review)}`),
	...review.steps.map((step): Row =>
		justify(
			[span(numberText(review.steps, step), 'muted'), span(step.title)],
			[span(stepNote(review, step), step.id === review.swapStep ? 'attention' : 'muted'), span(' ')],
			width,
		),
	),
];

/** The same in two columns, for a low screen. */
const stepsShort = (review: DeployReview, width: number, look: Look): readonly Row[] => [
	panelHead('When you press Enter', width, look, `usually ${usualText(review)}`),
	...columnsOf(
		review.steps.map((step): Row => [
			span(numberText(review.steps, step), 'muted'),
			span(step.title),
			...(step.id === review.swapStep ? [span('  the swap', 'attention')] : []),
		]),
		width,
	),
];

const checksPanel = (review: DeployReview, now: number, width: number, look: Look): readonly Row[] => {
	const {glyphs} = look;
	const names = review.checks.map(({name, refusal}): Row => [
		span(' '),
		span(refusal ? glyphs.failed : glyphs.done, refusal ? 'danger' : 'success'),
		span(` ${name}`),
	]);
	const title = `Checked ${age(now - review.readAt)} ago, again before the run`;
	return [panelHead(title, width, look, checksChip(review, look)), ...flow(names, width, [span(' ')])];
};

const facts = (review: DeployReview, width: number): readonly Row[] =>
	columnsOf(
		factRows(
			{
				build: [span(`${review.app} ${shortCommit(review.build.commit)}`, 'value', {bold: true})],
				replaces: liveName(review),
				server: [span(review.address, 'value', {bold: true})],
				'way back': [span(review.wayBack[0] ?? 'none', 'muted')],
			},
			9,
		),
		width,
	);

/** The evidence above the word of a deploy: what, where, what happens in order, what was checked. */
export const deployEvidence = (
	review: DeployReview,
	now: number,
	width: number,
	height: number,
	look: Look,
): readonly Row[] => {
	const warning: readonly Row[] =
		review.warning === undefined ? [] : [[span(` ${look.glyphs.attention} ${review.warning}`, 'attention')]];
	const panels = (steps: readonly Row[]) => [
		warning,
		facts(review, width),
		steps,
		checksPanel(review, now, width, look),
	];
	const whole = panels(stepsPanel(review, width, look));
	const forms = [loose(whole), whole.flat(), panels(stepsShort(review, width, look)).flat(), panels([]).flat()];
	return firstFitting(forms, height);
};

/** What the policy asks less of than the last run did: nobody should type a word over it unseen. */
const weakerRows = ({decision: {weaker}}: DeployReview, {glyphs}: Look): readonly Row[] =>
	weaker.map((text): Row => [
		span(` ${glyphs.attention} weaker than at the last run: ${text}`, 'danger', {bold: true}),
	]);

const gatesBelow = ({decision, timeZone}: DeployReview, width: number, look: Look): readonly Row[] => [
	panelHead('Gates', width, look),
	...gateRows(decision.report, timeZone, width, look),
];

/** What stands above the digest of a policy that somebody has to accept. */
export const policyEvidence = (review: DeployReview, width: number, height: number, look: Look): readonly Row[] => {
	const {weaker, policy} = review.decision;
	return stack(
		[
			[
				panelHead('What this policy asks, beside the last run', width, look),
				...weaker.flatMap(text =>
					hanging(span(` ${look.glyphs.attention} `, 'danger'), text, width, 'danger', true),
				),
			],
			[
				panelHead('Where it is from', width, look),
				...factRows({
					commit: [span(policy?.commit?.slice(0, 7) ?? 'none', 'value', {bold: true})],
					digest: [span(policy?.digest.slice(0, 32) ?? '', 'muted')],
					recorded: 'that you accepted it, on the ledger of the environment',
				}),
			],
			gatesBelow(review, width, look),
		],
		height,
	);
};

/** The evidence above VERIFIED: what the word stands for, word for word, each with what proves it. */
export const verifiedEvidence = (
	review: DeployReview,
	now: number,
	width: number,
	height: number,
	look: Look,
): readonly Row[] => {
	const {glyphs} = look;
	const proofs = review.verifications;
	const nameWidth = Math.max(...proofs.map(({title}) => title.length)) + 2;
	const proved = proofs.filter(({isProved}) => isProved).length;
	const isAll = proved === proofs.length;
	return stack(
		[
			[
				panelHead('Was this build proved on pre-prod?', width, look, [
					span(`${proved} of ${proofs.length} have evidence`, isAll ? 'success' : 'attention'),
				]),
				...proofs.map(({title, isProved, text, who, at}): Row => {
					const when = at === undefined || width < 100 ? '' : `  ${moment(at, review.timeZone)}`;
					return justify(
						[
							span(` ${isProved ? glyphs.done : glyphs.open} `, isProved ? 'success' : 'attention'),
							...pad([span(title)], nameWidth),
							span(text, 'muted'),
						],
						[span(`${who.join(', ')}${when} `, 'muted')],
						width,
					);
				}),
			],
			weakerRows(review, look),
			[
				...(height >= 20 ? [panelHead('Build', width, look)] : []),
				labelled('build', [
					span(`${review.app} ${shortCommit(review.build.commit)}`, 'value', {bold: true}),
					span(`  source digest ${review.build.digest.slice(0, 8)}`, 'muted'),
				]),
				labelled('replaces', [span(liveName(review)), span(`  on ${review.address}`, 'muted')]),
			],
			gatesBelow(review, width, look),
			checksPanel(review, now, width, look),
		],
		height,
	);
};

const adoptionSteps: readonly (readonly [string, string])[] = [
	['Take stock of the host', 'changes nothing'],
	['Prepare the first release beside live', 'live is not touched'],
	['Exchange directory and link at once, check health', 'live changes here'],
	['Record what is there, file by file', 'changes nothing'],
	['First backup, read back', 'live is only read'],
	['Record and tidy up', 'the old directory goes last'],
];

/** The evidence above the word of an adoption. */
export const adoptEvidence = (
	option: DeployOption | undefined,
	width: number,
	height: number,
	look: Look,
): readonly Row[] =>
	stack(
		[
			[
				labelled('app', [span(option?.app ?? '', 'value', {bold: true})], 9),
				labelled('server', [span(option?.address ?? '', 'value', {bold: true})], 9),
			],
			[
				panelHead('When you press Enter', width, look, 'once for each host'),
				...adoptionSteps.map(([title, note], index): Row =>
					justify(
						[span(` ${index + 1} `, 'muted'), ...pad([span(title)], 52)],
						[span(note, index === 2 ? 'attention' : 'muted'), span(' ')],
						width,
					),
				),
			],
			[
				panelHead('Way back', width, look),
				...paragraph(
					'',
					`cockpit adopt --env ${option?.environment ?? ''} --undo puts a plain directory back, with everything written since.`,
					width,
					'muted',
				),
			],
		],
		height,
	);
