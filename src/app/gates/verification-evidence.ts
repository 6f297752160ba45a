import type {Checklists} from '../../domain/checklist/checklist.ts';
import {verifications} from '../../domain/runs/confirm.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {isMet, type ItemState} from '../../domain/checklist/sign-off.ts';

/** One of the eight things VERIFIED stands for, and what proves it. */
export type VerificationEvidence = {
	/** Word for word from the workflow. */
	readonly title: string;
	/** Whether every item that proves it is met, and there is one. */
	readonly isProved: boolean;
	/** What was found: `3 of 3 items passed`; with the observed value where it is one item. */
	readonly text: string;
	/** Who signed; empty when nobody did. */
	readonly who: readonly string[];
	/** Epoch milliseconds of the latest of them. */
	readonly at: number | undefined;
};

/** What the checklist says of each of the eight verifications. Source: workflow, "Pre-Prod Verification Gate". */
export const verificationEvidence = (
	checklists: Pick<Checklists, 'verifications'>,
	app: AppName,
	items: readonly ItemState[],
): readonly VerificationEvidence[] =>
	verifications[app].map(title => {
		const proof = checklists.verifications[app].find(one => one.title === title);
		const states = (proof?.items ?? []).flatMap(id => items.find(({item}) => item.id === id) ?? []);
		const met = states.filter(isMet);
		const signed = states.flatMap(({signOff}) => signOff ?? []);
		const who = [...new Set(signed.map(({by, actor}) => (by === 'probe' ? 'probe' : actor.name)))];
		const noun = states.length === 1 ? 'item' : 'items';
		const count = states.length === 0 ? 'no item proves it' : `${met.length} of ${states.length} ${noun} passed`;
		// What was observed says something of one item; of several it would say which one's it is.
		const value = states.length === 1 ? signed[0]?.value : undefined;
		return {
			title,
			isProved: states.length > 0 && met.length === states.length,
			text: value === undefined ? count : `${count}: ${value}`,
			who,
			at: signed.length > 0 ? Math.max(...signed.map(({at}) => at)) : undefined,
		};
	});
