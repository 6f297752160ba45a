import type {StateCreator} from 'zustand';
import type {RollbackReview} from '../../app/rollback/review-rollback.ts';
import {rollbackWord} from '../../domain/runs/confirm.ts';
import type {AppName, Tier} from '../../domain/environments/environment.ts';
import type {CockpitState} from '../create-store.ts';
import type {Problem} from '../deploy/wizard.ts';

/** What is gone back to: captured when the gate opens, so that no list that changes meanwhile moves it. */
export type RollbackChoice = {
	readonly app: AppName;
	readonly environment: string;
	/** `previous`, or the name of a backup. */
	readonly to: string;
};

/** The dialog that says what a rollback will do and takes its word. */
export type RollbackGate = {
	readonly choice: RollbackChoice;
	/** For people: `Production`. */
	readonly title: string;
	readonly tier: Tier;
	readonly review:
		| {readonly state: 'loading'; readonly since: number}
		| {readonly state: 'ready'; readonly review: RollbackReview}
		| {readonly state: 'failed'; readonly problem: Problem};
	readonly page: 'summary' | 'commands';
	readonly scroll: number;
	readonly typed: string;
};

export type RollbackSlice = {
	readonly gate: RollbackGate | undefined;
	readonly openGate: (gate: Pick<RollbackGate, 'choice' | 'title' | 'tier'>) => void;
	readonly changeGate: (changes: Partial<Pick<RollbackGate, 'review' | 'page' | 'scroll' | 'typed'>>) => void;
	readonly closeGate: () => void;
};

export const createRollbackSlice: StateCreator<CockpitState, [], [], RollbackSlice> = (set, get) => ({
	gate: undefined,
	openGate: gate =>
		set({
			gate: {...gate, review: {state: 'loading', since: get().now}, page: 'summary', scroll: 0, typed: ''},
		}),
	changeGate: changes => {
		const {gate} = get();
		if (gate) set({gate: {...gate, ...changes}});
	},
	closeGate: () => set({gate: undefined}),
});

/** The review of a gate, once it is there. */
export const gateReview = (gate: RollbackGate | undefined): RollbackReview | undefined =>
	gate?.review.state === 'ready' ? gate.review.review : undefined;

/** Whether the word can be typed: what it starts is known and nothing speaks against it. */
export const takesWord = (gate: RollbackGate | undefined): boolean => {
	const review = gateReview(gate);
	return gate?.page === 'summary' && review !== undefined && review.refusal === undefined;
};

/** Whether something else than the word, or its beginning, was typed. */
export const isOtherWord = ({typed}: Pick<RollbackGate, 'typed'>): boolean => !rollbackWord.startsWith(typed);
