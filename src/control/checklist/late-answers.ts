import type {AppServices} from '../../app/app-services.ts';
import {dropLate, keepLate, lateSignOff, sendLateSignOffs, waitingFor} from '../../app/checklist/late-sign-offs.ts';
import type {Finding} from '../../app/checklist/sign-off.ts';
import type {Checklists} from '../../domain/checklist/checklist.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import type {SignOffOutbox} from '../../domain/ports.ts';
import type {ItemState, PairDigests} from '../../domain/checklist/sign-off.ts';
import type {CockpitStore} from '../../store/create-store.ts';
import {isSilence} from './checklist-errors.ts';
import {problemOf} from '../../store/problem-of.ts';

/** Answers that wait here until their host answers. */
export type LateAnswers = {
	readonly show: () => void;
	/** Sends what waits, once at a time. */
	readonly flush: () => void;
	/** Keeps a finding; answers with whether it could. */
	readonly keep: (
		finding: Finding & {readonly id: string},
		sight: {readonly seen: ItemState; readonly seenBuilds: PairDigests},
	) => Promise<boolean>;
	/** Takes back an answer that waits. */
	readonly drop: (late: string, title: string) => void;
	/** Resolves once nothing is being sent. */
	readonly sent: () => Promise<void>;
};

export const createLateAnswers = ({
	services,
	environment: tested,
	checklists,
	store,
	outbox: kept,
	signal,
	tell,
	onSent,
	onFault,
}: {
	readonly services: AppServices;
	readonly environment: Environment;
	readonly checklists: Checklists;
	readonly store: CockpitStore;
	readonly outbox: SignOffOutbox;
	readonly signal: AbortSignal;
	/** Tells the person what did not work. */
	readonly tell: (what: string, error: unknown) => void;
	/** After each attempt, whatever came of it. */
	readonly onSent: () => void;
	readonly onFault: (error: unknown) => void;
}): LateAnswers => {
	const say = (text: string): void => store.getState().say('attention', text);
	const show = (): void =>
		store.getState().showWaiting(waitingFor(kept, tested).map(({id, item, result}) => ({id, item, result})));
	let sending: Promise<void> | undefined;

	/** Sends what waits, once at a time; a host that is still silent is no news. */
	const send = async (): Promise<void> => {
		try {
			const count = await sendLateSignOffs(services, {
				environment: tested,
				outbox: kept,
				signal,
			});
			if (count > 0)
				store
					.getState()
					.say('success', `${count} late ${count === 1 ? 'sign-off is' : 'sign-offs are'} recorded now.`);
		} catch (error) {
			if (!isSilence(error)) tell('What waits was not sent', error);
		} finally {
			show();
			onSent();
		}
	};
	const flush = (): void => {
		if (sending || store.getState().checklistWaiting.length === 0) return;
		sending = send().finally(() => {
			sending = undefined;
		});
		sending.catch(onFault);
	};

	const keep = async (
		finding: Finding & {readonly id: string},
		sight: {readonly seen: ItemState; readonly seenBuilds: PairDigests},
	): Promise<boolean> => {
		try {
			const about = {environment: tested, checklists, finding, ...sight, signedAt: services.clock.now()};
			keepLate(kept, tested, await lateSignOff(services, about));
		} catch (error) {
			onFault(error);
			return false;
		}
		show();
		say(`${tested.title} does not answer: ${sight.seen.item.title} waits here and is sent when it does.`);
		return true;
	};

	const drop = (late: string, title: string): void => {
		try {
			dropLate(kept, tested, late);
			say(`${title}: the answer that waited is taken back.`);
		} catch (error) {
			store.getState().say('danger', `${title} is not taken back: ${problemOf(error).why}`);
		}
		show();
	};

	return {show, flush, keep, drop, sent: async () => sending};
};
