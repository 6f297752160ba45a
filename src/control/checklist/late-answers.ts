import {dropLate, keepLate, lateSignOff, sendLateSignOffs, waitingFor} from '../../app/checklist/late-sign-offs.ts';
import type {Finding} from '../../app/checklist/sign-off.ts';
import type {SignOffOutbox} from '../../domain/ports.ts';
import type {ChecklistAsk} from '../../store/checklist/checklist.ts';
import {problemOf} from '../../store/problem-of.ts';
import {isSilence, tellUnrecorded, type ChecklistContext} from './checklist-context.ts';

/** Answers that wait here until their host answers. */
export type LateAnswers = ReturnType<typeof createLateAnswers>;

/** `onSent`: after each attempt, whatever came of it. `onRecorded`: after one that recorded something. */
export const createLateAnswers = (
	context: ChecklistContext,
	{
		outbox,
		onSent,
		onRecorded,
	}: {readonly outbox: SignOffOutbox; readonly onSent: () => void; readonly onRecorded?: () => void},
) => {
	const {services, environment, checklists, store, ending: signal, onFault} = context;
	const {say, showWaiting} = store.getState();
	const show = (): void =>
		showWaiting(waitingFor(outbox, environment).map(({id, item, result}) => ({id, item, result})));
	let sending: Promise<void> | undefined;

	/** A host that is still silent is no news. */
	const send = async (): Promise<void> => {
		try {
			const count = await sendLateSignOffs(services, {environment, outbox, signal});
			const text = `${count} ${count === 1 ? 'sign-off' : 'sign-offs'} waiting to be sent ${count === 1 ? 'is' : 'are'} recorded now.`;
			if (count > 0) {
				say('success', text);
				onRecorded?.();
			}
		} catch (error) {
			if (!isSilence(error)) tellUnrecorded(context, 'What is waiting to be sent was not', error);
		} finally {
			show();
			onSent();
		}
	};

	return {
		show,
		/** Sends what waits, once at a time. */
		flush: (): void => {
			if (sending || store.getState().checklistWaiting.length === 0) return;
			sending = send().finally(() => {
				sending = undefined;
			});
			sending.catch(onFault);
		},
		/** Keeps a finding; answers with whether it could. */
		keep: async (
			finding: Finding & {readonly id: string},
			{seen, seenBuilds}: Pick<ChecklistAsk, 'seen' | 'seenBuilds'>,
		): Promise<boolean> => {
			try {
				const signedAt = services.clock.now();
				const about = {environment, checklists, finding, seen, seenBuilds, signedAt};
				keepLate(outbox, environment, await lateSignOff(services, about));
			} catch (error) {
				onFault(error);
				return false;
			}
			show();
			say(
				'attention',
				`${environment.title} does not answer: ${seen.item.title} is waiting to be sent, which it is as soon as it does.`,
			);
			return true;
		},
		/** Takes back an answer that waits. */
		drop: (late: string, title: string): void => {
			try {
				dropLate(outbox, environment, late);
				say('attention', `${title}: the sign-off waiting to be sent is taken back.`);
			} catch (error) {
				say('danger', `${title} is not taken back: ${problemOf(error).why}`);
			}
			show();
		},
		/** Resolves once nothing is being sent. */
		sent: async (): Promise<void> => sending,
	};
};
