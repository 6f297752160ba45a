import type {StateCreator} from 'zustand';
import type {Guide, GuideId} from '../../domain/guides/guide.ts';
import {memoOn} from '../../domain/memo.ts';
import type {CockpitState} from '../create-store.ts';
import type {Problem} from '../deploy/wizard.ts';
import {guideBegin, type GuideView} from './guide-view.ts';
import {matchesIn, piecesOf, type Match} from './pieces.ts';

/** A command that was handed to the terminal for its clipboard. */
export type CopiedCommand = {
	readonly text: string;
	/** Whether it was handed over; whether the terminal took it, nobody can know. */
	readonly wasSent: boolean;
};

export type GuidesSlice = {
	/** Undefined as long as they are not made. */
	readonly guides: readonly Guide[] | undefined;
	/** Why they could not be made. */
	readonly guidesProblem: Problem | undefined;
	readonly guideId: GuideId;
	/** Where one was in each, so that one finds it again. */
	readonly guideViews: Readonly<Record<GuideId, GuideView>>;
	readonly guidePanel: 'text' | 'contents';
	/** Section under the cursor of the contents. */
	readonly guideSection: number;
	readonly guideSearch: string;
	readonly isGuideTyping: boolean;
	/** Where the search began: who leaves it is there again. */
	readonly guideSearchFrom: GuideView;
	/** Which of the matches was gone to last. */
	readonly guideMatch: number;
	/** Cells of the text, and lines of it in sight, as they were drawn. */
	readonly guideRoom: {readonly width: number; readonly rows: number};
	readonly guideCopied: CopiedCommand | undefined;
	readonly offerGuides: (guides: readonly Guide[]) => void;
	readonly guidesFailed: (problem: Problem) => void;
	readonly showGuide: (id: GuideId) => void;
	/** Goes to the heading of that anchor, as far as the guide has it. */
	readonly showGuideAt: (id: GuideId, anchor: string) => void;
	readonly setGuideView: (view: GuideView) => void;
	readonly setGuideRoom: (room: GuidesSlice['guideRoom']) => void;
	readonly focusGuidePanel: (panel: GuidesSlice['guidePanel']) => void;
	readonly pointAtSection: (section: number) => void;
	/** Begins to type what is looked for; `false` keeps what was typed. */
	readonly typeGuideSearch: (isTyping: boolean) => void;
	readonly searchGuide: (text: string) => void;
	/** Ends the search, where it began. */
	readonly leaveGuideSearch: () => void;
	readonly matchedGuide: (match: number, view: GuideView) => void;
	readonly copiedCommand: (copied: CopiedCommand | undefined) => void;
};

export const createGuidesSlice: StateCreator<CockpitState, [], [], GuidesSlice> = (set, get) => {
	const viewed = (view: GuideView): Pick<GuidesSlice, 'guideViews'> => {
		const {guideViews, guideId} = get();
		return {guideViews: {...guideViews, [guideId]: view}};
	};
	return {
		guides: undefined,
		guidesProblem: undefined,
		guideId: 'workflow-guide',
		guideViews: {'workflow-guide': guideBegin, checklist: guideBegin, 'quick-reference': guideBegin},
		guidePanel: 'text',
		guideSection: 0,
		guideSearch: '',
		isGuideTyping: false,
		guideSearchFrom: guideBegin,
		guideMatch: 0,
		guideRoom: {width: 78, rows: 18},
		guideCopied: undefined,
		offerGuides: guides => set({guides, guidesProblem: undefined}),
		guidesFailed: guidesProblem => set({guidesProblem}),
		// What is looked for is looked for in the other one, too: from where one is there.
		showGuide: guideId =>
			set({
				guideId,
				guideSearchFrom: get().guideViews[guideId],
				guideMatch: 0,
				guideSection: 0,
				guideCopied: undefined,
			}),
		showGuideAt: (id, anchor) => {
			get().showGuide(id);
			const guide = selectGuide(get());
			const section = guide?.sections.findIndex(one => one.anchor === anchor) ?? -1;
			if (!guide || section < 0) return;
			const heading = piecesOf(guide).findIndex(piece => piece.kind === 'heading' && piece.section === section);
			const place = {piece: heading, line: 0};
			set({...viewed({top: place, cursor: place}), guideSearch: '', guidePanel: 'text'});
		},
		setGuideView: view => set({...viewed(view), guideCopied: undefined}),
		setGuideRoom: guideRoom => set({guideRoom}),
		focusGuidePanel: guidePanel => set({guidePanel, guideCopied: undefined}),
		pointAtSection: guideSection => set({guideSection}),
		typeGuideSearch: isGuideTyping =>
			set(
				isGuideTyping
					? {
							isGuideTyping,
							guidePanel: 'text',
							guideCopied: undefined,
							guideSearch: '',
							guideSearchFrom: selectGuideView(get()),
						}
					: {isGuideTyping},
			),
		searchGuide: guideSearch => set({guideSearch, guideMatch: 0}),
		leaveGuideSearch: () =>
			set({...viewed(get().guideSearchFrom), guideSearch: '', guideMatch: 0, isGuideTyping: false}),
		matchedGuide: (guideMatch, view) => set({guideMatch, ...viewed(view), guideCopied: undefined}),
		copiedCommand: guideCopied => set({guideCopied}),
	};
};

/** What the screen is drawn of: nothing else that changes draws it again. */
export const selectGuidesShown = ({
	guides,
	guidesProblem,
	guideId,
	guideViews,
	guidePanel,
	guideSection,
	guideSearch,
	isGuideTyping,
	guideMatch,
	guideRoom,
	guideCopied,
}: CockpitState) => ({
	guides,
	guidesProblem,
	guideId,
	guideViews,
	guidePanel,
	guideSection,
	guideSearch,
	isGuideTyping,
	guideMatch,
	guideRoom,
	guideCopied,
});
export type GuidesShown = ReturnType<typeof selectGuidesShown>;

/** The guide on screen; undefined as long as it is not made. */
export const selectGuide = ({guides, guideId}: Pick<CockpitState, 'guides' | 'guideId'>): Guide | undefined =>
	guides?.find(({id}) => id === guideId);

export const selectGuideView = ({guideViews, guideId}: Pick<CockpitState, 'guideViews' | 'guideId'>): GuideView =>
	guideViews[guideId];

/** The last search in a guide is kept: each frame asks for it again. */
const searchIn = memoOn((guide: Guide) => {
	let last: {readonly search: string; readonly found: readonly Match[]} | undefined;
	return (search: string): readonly Match[] => {
		if (last?.search !== search) last = {search, found: matchesIn(piecesOf(guide), search)};
		return last.found;
	};
});

/** Where in the guide on screen what is looked for stands. The same list as long as the same is asked for. */
export const selectGuideMatches = (
	state: Pick<CockpitState, 'guides' | 'guideId' | 'guideSearch'>,
): readonly Match[] => {
	const guide = selectGuide(state);
	return guide ? searchIn(guide)(state.guideSearch) : [];
};
