import type {StateCreator} from 'zustand';
import type {DeployReview} from '../../app/deploy/review-deploy.ts';
import {deployWords, takeOverWord} from '../../domain/runs/confirm.ts';
import type {AppName, Tier} from '../../domain/environments/environment.ts';
import {acceptable, isOpen} from '../../domain/gates/gates.ts';
import {digestWord} from '../../domain/gates/policy.ts';
import type {CockpitState} from '../create-store.ts';

/** Where a deploy stands on its way: choose, review, type the word, run, and how it ended. */
export type WizardStage = 'choose' | 'review' | 'confirm' | 'run' | 'done' | 'failed';

export type DeployChoice = {
	readonly app: AppName;
	readonly environment: string;
	/** Why the emergency profile is used; absent: the usual policy holds. */
	readonly emergency?: string;
};

/** One line of the choice: an app in an environment, whether it can be deployed to or not. */
export type DeployOption = DeployChoice & {
	/** `backend@preprod` */
	readonly id: string;
	readonly title: string;
	readonly tier: Tier;
	/** The environment whose evidence decides; absent where nothing is promoted to it from another host. */
	readonly promotedFrom?: string | undefined;
	/** Primary host, `ubuntu@10.0.0.7`; absent when there is none. */
	readonly address?: string | undefined;
	readonly refusal?: Pick<Problem, 'why' | 'next'> | undefined;
};

/** A run this machine began and did not see the end of. */
export type LeftRun = {
	readonly run: string;
	readonly environment: string;
	readonly title: string;
	/** Steps done, of how many. */
	readonly done: number;
	readonly of: number;
	/** Epoch milliseconds of its last event here. */
	readonly at: number;
};

/** A run that somebody else drives, as it was when it was asked about. */
export type TakeOver = {
	readonly run: string;
	readonly title: string;
	/** Of its environment. */
	readonly place: {
		readonly title: string;
		readonly tier: Tier;
		readonly timeZone: string;
		/** Primary host, `ubuntu@10.0.0.7`. */
		readonly address: string;
	};
	/** Who drives it, and on which machine. */
	readonly name: string;
	readonly machine: string;
	/** Epoch milliseconds by the host's clock. */
	readonly since: number;
	/** Jobs of it that run on its host. */
	readonly running: readonly string[];
};

/** What an operator reads of an error. */
export type Problem = {readonly what: string; readonly why: string; readonly now: string; readonly next: string};

/** A review on its way. `since`: epoch milliseconds of this machine. */
export type Reviewing<Review> =
	| {readonly state: 'loading'; readonly since: number}
	| {readonly state: 'ready'; readonly review: Review}
	| {readonly state: 'failed'; readonly problem: Problem};

export type ReviewState = {readonly state: 'none'} | Reviewing<DeployReview>;

/** `blocked`: what closes the gates, and when they could be open. */
export type ReviewPage = 'summary' | 'blocked' | 'commits' | 'files' | 'migrations' | 'commands';

/** Id of the entry that goes on with the run that was left. */
export const resumeId = 'resume';

export type WizardSlice = {
	readonly stage: WizardStage;
	readonly options: readonly DeployOption[];
	readonly left: LeftRun | undefined;
	/** Id of the option under the cursor; undefined: the first that can be deployed to. */
	readonly highlighted: string | undefined;
	readonly choice: DeployChoice | undefined;
	/** What the typed word starts. */
	readonly intent: 'deploy' | 'adopt' | 'rollback' | 'change' | 'takeover';
	/** What TAKE-OVER would take over; undefined while nothing is asked. */
	readonly takeOver: TakeOver | undefined;
	readonly review: ReviewState;
	readonly reviewPage: ReviewPage;
	/** First row shown of the list on screen. */
	readonly scroll: number;
	/** Rows that list has room for, as last drawn. */
	readonly pageRows: number;
	/** Words to type, in order, and which is due. */
	readonly words: readonly string[];
	readonly wordIndex: number;
	/** What has been typed of the word; compared whole, only on Enter. */
	readonly typed: string;
	/** What has been typed of the reason for an emergency; undefined while none is asked for. */
	readonly reason: string | undefined;
	/** The search field of the output has focus. */
	readonly isSearching: boolean;
	/** What Enter on an entry does; the controller puts itself here. */
	readonly pick: (id: string) => void;
	readonly offer: (changes: Partial<Pick<WizardSlice, 'options' | 'left' | 'pick'>>) => void;
	readonly highlight: (id: string) => void;
	readonly beginReview: (choice: DeployChoice) => void;
	readonly setReview: (review: ReviewState) => void;
	readonly openPage: (page: ReviewPage) => void;
	readonly scrollTo: (row: number) => void;
	readonly setPageRows: (rows: number) => void;
	readonly askWords: (intent: 'deploy' | 'adopt', choice: DeployChoice, words: readonly string[]) => void;
	/** Asks for the word before a run that somebody else drives. */
	readonly askTakeOver: (takeOver: TakeOver) => void;
	/** A rollback is about to run: its word was typed elsewhere. */
	readonly beginRollback: (choice: DeployChoice) => void;
	/** A value is about to be changed: its word was typed elsewhere. */
	readonly beginChange: (choice: DeployChoice) => void;
	readonly nextWord: () => void;
	readonly setTyped: (typed: string) => void;
	readonly setReason: (reason: string | undefined) => void;
	readonly setSearching: (isSearching: boolean) => void;
	readonly setStage: (stage: WizardStage) => void;
};

/** Whether the words may be asked for: a policy that has to be accepted is one of them. */
export const mayGoOn = ({decision: {report}}: Pick<DeployReview, 'decision'>): boolean =>
	isOpen(report) || acceptable(report) !== undefined;

/** Words to type before what was reviewed, in order. */
export const wordsFor = ({decision: {report, words}}: Pick<DeployReview, 'decision'>): readonly string[] => {
	const toAccept = acceptable(report);
	return [...(toAccept === undefined ? [] : [digestWord(toAccept)]), ...words];
};

/**
 * What a review opens with. Closed gates come first; only on a host that has to be adopted nothing else can be done
 * before, and the summary offers it.
 */
export const homePage = (review: ReviewState): 'summary' | 'blocked' =>
	review.state === 'ready' && !mayGoOn(review.review) && review.review.refusal?.code !== 'answer-needed'
		? 'blocked'
		: 'summary';

const afresh = {
	typed: '',
	reason: undefined,
	wordIndex: 0,
	isSearching: false,
	reviewPage: 'summary',
	scroll: 0,
} as const;

export const createWizardSlice: StateCreator<CockpitState, [], [], WizardSlice> = (set, get) => ({
	...afresh,
	stage: 'choose',
	options: [],
	left: undefined,
	highlighted: undefined,
	choice: undefined,
	intent: 'deploy',
	takeOver: undefined,
	review: {state: 'none'},
	pageRows: 1,
	words: [],
	pick: () => undefined,
	offer: changes => set(changes),
	highlight: highlighted => set({highlighted}),
	beginReview: choice =>
		set({...afresh, stage: 'review', intent: 'deploy', choice, review: {state: 'loading', since: get().now}}),
	setReview: review => set({review, reviewPage: homePage(review)}),
	openPage: reviewPage => set({reviewPage, scroll: 0}),
	scrollTo: scroll => set({scroll: Math.max(0, scroll)}),
	setPageRows: pageRows => set({pageRows}),
	askWords: (intent, choice, words) => set({...afresh, stage: 'confirm', intent, choice, words}),
	askTakeOver: takeOver => set({...afresh, stage: 'confirm', intent: 'takeover', takeOver, words: [takeOverWord]}),
	beginRollback: choice => set({...afresh, intent: 'rollback', choice, words: [], review: {state: 'none'}}),
	beginChange: choice => set({...afresh, intent: 'change', choice, words: [], review: {state: 'none'}}),
	nextWord: () => set({wordIndex: get().wordIndex + 1, typed: ''}),
	setTyped: typed => set({typed}),
	setReason: reason => set({reason}),
	setSearching: isSearching => set({isSearching}),
	setStage: stage => set({...afresh, stage, ...(stage === 'review' ? {reviewPage: homePage(get().review)} : {})}),
});

/** The word that is due; undefined when none is. */
export const selectWord = ({words, wordIndex}: Pick<WizardSlice, 'words' | 'wordIndex'>): string | undefined =>
	words[wordIndex];

/** Whether another word than the one before production has been typed: Enter then ends it. Part of the word is not one. */
export const isStopped = (state: Pick<WizardSlice, 'words' | 'wordIndex' | 'typed' | 'intent'>): boolean => {
	const word = selectWord(state);
	return state.intent === 'deploy' && state.words.length > 1 && word !== undefined && !word.startsWith(state.typed);
};

/** The review, once it is there. */
export const selectReview = ({review}: Pick<WizardSlice, 'review'>): DeployReview | undefined =>
	review.state === 'ready' ? review.review : undefined;

/** What is known of the app and environment that were chosen, wherever the cursor is by now. */
export const selectChosen = ({choice, options}: Pick<WizardSlice, 'choice' | 'options'>): DeployOption | undefined =>
	options.find(({app, environment}) => app === choice?.app && environment === choice.environment);

/** The words the choice leads to, also while its review is still being made. */
export const selectWordsAhead = ({
	choice,
	options,
	environments,
	review,
}: Pick<CockpitState, 'choice' | 'options' | 'environments' | 'review'>): readonly string[] => {
	if (review.state === 'ready') return wordsFor(review.review);
	const tier =
		options.find(({environment}) => environment === choice?.environment)?.tier ??
		environments.find(({name}) => name === choice?.environment)?.tier;
	return tier === undefined ? [] : deployWords({tier});
};

type Highlight = Pick<WizardSlice, 'options' | 'left' | 'highlighted'>;

/** Ids of the entries in the order of the screen: apps and environments, then the run that was left. */
export const entryIds = ({options, left}: Pick<Highlight, 'options' | 'left'>): readonly string[] => [
	...options.map(({id}) => id),
	...(left ? [resumeId] : []),
];

/** Id under the cursor. Going on with a run is never where the cursor starts: Enter alone must not act on a host. */
export const selectHighlighted = ({options, left, highlighted}: Highlight): string | undefined =>
	highlighted !== undefined && entryIds({options, left}).includes(highlighted)
		? highlighted
		: (options.find(({refusal}) => !refusal) ?? options[0])?.id;

export const selectOption = (state: Highlight): DeployOption | undefined => {
	const id = selectHighlighted(state);
	return state.options.find(option => option.id === id);
};

/** Whether an environment says that this app was taken over from the old scripts; undefined while nothing is known. */
export const selectIsAdopted = (
	{environments}: Pick<CockpitState, 'environments'>,
	{app, environment}: DeployChoice,
): boolean | undefined => environments.find(({name}) => name === environment)?.status?.[app]?.isAdopted;
