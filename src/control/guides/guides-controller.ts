import {exitCodes} from '../../domain/errors.ts';
import {guidePlaceOf, type GuidePlace} from '../../domain/guides/guide-places.ts';
import type {ClipboardPort} from '../../domain/ports.ts';
import type {CockpitState} from '../../store/create-store.ts';
import {hostNow} from '../../store/overview/overview-facts.ts';
import {nothingChanged, problemOf} from '../../store/problem-of.ts';
import {sayProblem, type ControlOptions, type Part} from '../part.ts';

/** The part of the controller that makes guides; it asks no host. */
export type GuidesController = Pick<Part, 'stop'> & {
	/** Goes to the guides, and makes them of what is committed now; from a deploy that is blocked or failed to what helps. */
	readonly open: () => void;
	/** Hands a command to the terminal for its clipboard. */
	readonly copy: (command: string) => void;
};

/** The time that the head of the screen shows: that of the hosts, once one has answered. */
const shownNow = ({environments, now}: CockpitState): number => {
	const clock = environments.findLast(({status}) => status !== undefined);
	return clock ? hostNow(clock, now) : now;
};

/** Where a guide says more about what is on screen: what closes a deploy, or how a run failed. */
const placeFrom = ({screen, stage, reviewPage, run}: CockpitState): GuidePlace | undefined => {
	if (screen !== 'deploy') return undefined;
	if (stage === 'review') return reviewPage === 'blocked' ? guidePlaceOf({code: 'blocked'}) : undefined;
	if (stage !== 'failed' || run?.finished?.outcome !== 'failed') return undefined;
	const {exitCode} = run.finished;
	const code = (['blocked', 'failed-after-swap'] as const).find(one => exitCodes[one] === exitCode);
	return guidePlaceOf({code: code ?? 'step-failed'});
};

export const createGuidesController = (
	options: Pick<ControlOptions, 'services' | 'environments' | 'checklists' | 'store'> & {
		readonly clipboard: ClipboardPort;
	},
): GuidesController => {
	const {services, environments, checklists, store, clipboard} = options;
	/** Counts how often they were asked for: an answer that comes late is none. */
	let asked = 0;
	let made: {readonly commit: string | undefined} | undefined;
	let making = Promise.resolve();

	const make = async (number: number, place: GuidePlace | undefined): Promise<void> => {
		try {
			const counted = await services.policy.read({environments, checklists});
			// Loaded once somebody opens them: the first frame does not wait for it.
			const {makeGuides} = await import('../../app/guides/make-guides.ts');
			if (number !== asked) return;
			// The same guides stay the same objects: nobody loses the place that was read.
			if (made?.commit !== counted.commit || !store.getState().guides) {
				store.getState().offerGuides(makeGuides({...counted, at: shownNow(store.getState())}));
				made = {commit: counted.commit};
			}
			if (place) store.getState().showGuideAt(place.guide, place.anchor);
		} catch (error) {
			if (number !== asked) return;
			// Those that are there stay to be read, and are not taken for new.
			if (store.getState().guides) sayProblem(store, error);
			else store.getState().guidesFailed(problemOf(error, nothingChanged));
		}
	};

	return {
		open: () => {
			const place = placeFrom(store.getState());
			store.getState().show('guides');
			asked += 1;
			making = make(asked, place);
		},
		copy: text => store.getState().copiedCommand({text, wasSent: clipboard.offer(text)}),
		stop: async () => {
			asked += 1;
			await making;
		},
	};
};
