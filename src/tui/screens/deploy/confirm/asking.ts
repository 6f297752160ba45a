import type {DeployReview} from '../../../../app/deploy/review-deploy.ts';
import {shortCommit} from '../../../../domain/build.ts';
import type {Tier} from '../../../../domain/environments/environment.ts';
import {acceptable} from '../../../../domain/gates/gates.ts';
import {digestWord} from '../../../../domain/gates/policy.ts';
import type {DeployOption, TakeOver, WizardSlice} from '../../../../store/deploy/wizard.ts';
import type {Look} from '../../../kit/layout.ts';
import type {Row} from '../../../kit/rows.ts';
import {environmentBar} from '../../../kit/environment-bar.ts';
import {banner, notYet} from '../environment-bar.ts';
import {adoptEvidence, deployEvidence, policyEvidence, verifiedEvidence} from './confirm-rows.ts';
import {takeOverEvidence, takeOverHead} from './takeover-rows.ts';

/** What a word is typed for: it decides what stands above the word, and what the word is said to do. */
export type Asking = {readonly option: DeployOption | undefined} & (
	| {readonly kind: 'take-over'; readonly takeOver: TakeOver}
	| {readonly kind: 'adopt'}
	| {readonly kind: 'policy' | 'verified'; readonly review: DeployReview}
	| {readonly kind: 'deploy'; readonly review: DeployReview | undefined}
);

/** The word of a policy is its digest; any other word of a deploy is what production or the environment asks. */
export const askingOf = (
	{intent, words, wordIndex, takeOver}: Pick<WizardSlice, 'intent' | 'words' | 'wordIndex' | 'takeOver'>,
	option: DeployOption | undefined,
	review: DeployReview | undefined,
): Asking => {
	const word = words[wordIndex];
	if (intent === 'takeover' && takeOver) return {kind: 'take-over', takeOver, option};
	if (intent === 'adopt') return {kind: 'adopt', option};
	if (!review) return {kind: 'deploy', review, option};
	const toAccept = intent === 'deploy' ? acceptable(review.decision.report) : undefined;
	if (toAccept !== undefined && word === digestWord(toAccept)) return {kind: 'policy', review, option};
	const isVerifying = review.tier === 'production' && word === 'VERIFIED';
	return {kind: isVerifying ? 'verified' : 'deploy', review, option};
};

const tierOf = (asking: Asking): Tier | undefined => {
	if (asking.kind === 'take-over') return asking.takeOver.place.tier;
	return asking.kind === 'adopt' ? asking.option?.tier : asking.review?.tier;
};

/** What users meet hangs on the word, so that it is red. */
export const isDangerous = (asking: Asking): boolean =>
	asking.kind === 'policy' || (asking.kind !== 'take-over' && tierOf(asking) === 'production');

/** Where this happens. */
export const placeRows = (asking: Asking, width: number, height: number, look: Look): readonly Row[] => {
	const {kind, option} = asking;
	if (kind === 'take-over') return takeOverHead(asking.takeOver, width, height, look);
	const review = kind === 'adopt' ? undefined : asking.review;
	const title = option?.title ?? review?.environment ?? '';
	const address = review?.address ?? option?.address ?? '';
	const what = kind === 'adopt' ? `adopt ${option?.app ?? ''} on ${option?.address ?? ''}` : (review?.title ?? '');
	if (kind === 'policy')
		return banner('THIS POLICY IS NOT THAT OF THE LAST RUN', [`${title}: ${what}`], width, height);
	if (kind === 'verified') {
		const {attention} = look.glyphs;
		const {app, build} = asking.review;
		const goes = `${app} ${shortCommit(build.commit)}  to  ${title}  ${address}`;
		return banner(`${attention} PRODUCTION DEPLOYMENT WARNING ${attention}`, [goes], width, height);
	}
	if (isDangerous(asking))
		return banner('AFFECTS ALL LIVE USERS', [`Server: ${address}`, `${title}: ${what}`], width, height);
	const tier = tierOf(asking) ?? 'preprod';
	return [environmentBar({tier, title, left: what, right: notYet(width)}, width, look)];
};

/** The evidence above the word. */
export const evidenceRows = (
	asking: Asking,
	now: number,
	width: number,
	height: number,
	look: Look,
): readonly Row[] => {
	switch (asking.kind) {
		case 'take-over':
			return takeOverEvidence(asking.takeOver, width, height, look);
		case 'adopt':
			return adoptEvidence(asking.option, width, height, look);
		case 'policy':
			return policyEvidence(asking.review, width, height, look);
		case 'verified':
			return verifiedEvidence(asking.review, now, width, height, look);
		case 'deploy':
			return asking.review ? deployEvidence(asking.review, now, width, height, look) : [];
	}
};

/** What stands behind the word. */
export const purposes: Readonly<Record<Asking['kind'], string>> = {
	'take-over': ' to drive it on from here',
	adopt: ' to start',
	policy: ' to accept this policy',
	verified: ' if you have checked this yourself',
	deploy: ' to start',
};
