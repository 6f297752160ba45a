import type {StateCreator} from 'zustand';
import type {RollbackReview} from '../../app/rollback/review-rollback.ts';
import {rollbackWord} from '../../domain/runs/confirm.ts';
import type {AppName, Tier} from '../../domain/environments/environment.ts';
import type {CockpitState} from '../create-store.ts';
import type {Reviewing} from '../deploy/wizard.ts';

/** What is gone back to: captured when its review opens, so that no list that changes meanwhile moves it. */
export type RollbackChoice = {
	readonly app: AppName;
	readonly environment: string;
	/** `previous`, or the name of a backup. */
	readonly to: string;
};

/** The dialog that says what a rollback will do and takes its word. */
export type OpenRollback = {
	readonly choice: RollbackChoice;
	/** For people: `Production`. */
	readonly title: string;
	readonly tier: Tier;
	readonly review: Reviewing<RollbackReview>;
	readonly page: 'summary' | 'commands';
	readonly scroll: number;
	readonly typed: string;
};

export type RollbackSlice = {
	readonly rollback: OpenRollback | undefined;
	readonly openRollbackReview: (rollback: Pick<OpenRollback, 'choice' | 'title' | 'tier'>) => void;
	readonly rollbackReviewed: (review: OpenRollback['review']) => void;
	/** Turns to the summary or to the commands, and there to the begin. */
	readonly turnRollback: (page: OpenRollback['page']) => void;
	readonly scrollRollback: (scroll: number) => void;
	readonly typeRollback: (typed: string) => void;
	readonly closeRollback: () => void;
};

export const createRollbackSlice: StateCreator<CockpitState, [], [], RollbackSlice> = (set, get) => {
	const change = (changes: Partial<OpenRollback>): void => {
		const {rollback} = get();
		if (rollback) set({rollback: {...rollback, ...changes}});
	};
	return {
		rollback: undefined,
		openRollbackReview: rollback => {
			const review = {state: 'loading', since: get().now} as const;
			set({rollback: {...rollback, review, page: 'summary', scroll: 0, typed: ''}});
		},
		rollbackReviewed: review => change({review}),
		turnRollback: page => change({page, scroll: 0}),
		scrollRollback: scroll => change({scroll: Math.max(0, scroll)}),
		typeRollback: typed => change({typed}),
		closeRollback: () => set({rollback: undefined}),
	};
};

/** The review of a rollback, once it is there. */
export const shownReview = (rollback: OpenRollback | undefined): RollbackReview | undefined =>
	rollback?.review.state === 'ready' ? rollback.review.review : undefined;

/** Whether the word can be typed: what it starts is known and nothing speaks against it. */
export const takesWord = (rollback: OpenRollback | undefined): boolean => {
	const review = shownReview(rollback);
	return rollback?.page === 'summary' && review !== undefined && review.refusal === undefined;
};

/** Whether something else than the word, or its beginning, was typed. */
export const isOtherWord = ({typed}: Pick<OpenRollback, 'typed'>): boolean => !rollbackWord.startsWith(typed);
