import type {CockpitState} from '../../../store/create-store.ts';
import {goToHeading, guideWindow, pageGuide, stepGuide} from '../../../store/guides/guide-view.ts';
import {selectGuide, selectGuideView} from '../../../store/guides/guides.ts';
import {turned} from '../../../store/list.ts';
import {bind, type Binding, type KeyContext} from '../../keys/binding.ts';
import {backKey, panelKeys} from '../../kit/list-keys.ts';
import {findOther} from './find.ts';
import type {GuideLine} from './layout-guide.ts';
import {selectLayout} from './look.ts';

const scope = 'guides';
const searching = 'guides.search';

const noGuide = (state: CockpitState): string | undefined =>
	selectGuide(state) ? undefined : 'the guides are not made yet';

const nothingSought = (state: CockpitState): string | undefined =>
	noGuide(state) ?? (state.guideSearch === '' ? 'nothing is looked for: / begins' : undefined);

const isAtContents = ({guidePanel}: CockpitState): boolean => guidePanel === 'contents';

/** The line under the cursor. */
const hereOf = (state: CockpitState): GuideLine | undefined => {
	const layout = selectLayout(state);
	return layout && layout.lines[guideWindow(selectGuideView(state), layout).cursor];
};

const noCommand = (state: CockpitState): string | undefined =>
	noGuide(state) ?? (hereOf(state)?.command === undefined ? 'the cursor is on no command' : undefined);

/** Moves in the panel with focus: over lines of the text, or over headings. */
const move =
	(lines: number | 'page' | '-page' | 'first' | 'last') =>
	({store}: KeyContext): void => {
		const state = store.getState();
		const layout = selectLayout(state);
		if (!layout) return;
		const {guideRoom, guideSection, setGuideView, pointAtSection} = state;
		if (isAtContents(state)) {
			const last = layout.headings.length - 1;
			const by = typeof lines === 'number' ? lines : lines === 'page' ? guideRoom.rows : -guideRoom.rows;
			const to = lines === 'first' ? 0 : lines === 'last' ? last : guideSection + by;
			return pointAtSection(Math.max(0, Math.min(last, to)));
		}
		const view = selectGuideView(state);
		if (lines === 'page' || lines === '-page') setGuideView(pageGuide(view, layout, lines === 'page' ? 1 : -1));
		else {
			const all = layout.lines.length;
			setGuideView(stepGuide(view, layout, lines === 'first' ? -all : lines === 'last' ? all : lines));
		}
	};

const moveKey = (name: string, keys: Binding['keys'], lines: Parameters<typeof move>[0]): Binding =>
	bind(scope, name, keys, name, move(lines), {group: 'move', isHidden: true, refusal: noGuide});

/** Opens the contents at the heading of what is read, or leaves them. */
const turnContents = (state: CockpitState, panel: CockpitState['guidePanel']): void => {
	if (panel === 'contents') state.pointAtSection(hereOf(state)?.section ?? 0);
	state.focusGuidePanel(panel);
};

/** Enter in the contents: the text from that heading on. */
const jump = ({store}: KeyContext): void => {
	const state = store.getState();
	const layout = selectLayout(state);
	const piece = layout?.headings[state.guideSection];
	state.focusGuidePanel('text');
	// The room of the text is the same, whichever panel has focus.
	if (layout && piece !== undefined) state.setGuideView(goToHeading(layout, piece));
};

const otherGuide =
	(by: 1 | -1) =>
	({store}: KeyContext): void => {
		const state = store.getState();
		const next = turned(state.guides ?? [], selectGuide(state), by);
		if (next) state.showGuide(next.id);
	};

const searchKeys: readonly Binding[] = [
	bind(searching, 'keep', ['enter'], 'keep', ({store}) => store.getState().typeGuideSearch(false), {
		isHidden: true,
		rank: 1,
	}),
	bind(searching, 'leave', ['esc'], 'leave the search', ({store}) => store.getState().leaveGuideSearch(), {
		isHidden: true,
		rank: 2,
	}),
];

/** Keys of the guides. */
export const guidesKeys: readonly Binding[] = [
	bind(scope, 'search', ['/'], 'search', ({store}) => store.getState().typeGuideSearch(true), {
		rank: 1,
		refusal: noGuide,
	}),
	bind(scope, 'next-match', ['n'], 'next', ({store}) => findOther(store.getState(), 1), {
		rank: 2,
		refusal: nothingSought,
	}),
	bind(scope, 'previous-match', ['N'], 'previous', ({store}) => findOther(store.getState(), -1), {
		isHidden: true,
		refusal: nothingSought,
	}),
	bind(
		scope,
		'contents',
		['c'],
		state => (isAtContents(state) ? 'text' : 'contents'),
		({store}) => turnContents(store.getState(), isAtContents(store.getState()) ? 'text' : 'contents'),
		{rank: 4, refusal: noGuide},
	),
	bind(scope, 'jump', ['enter'], 'go there', jump, {
		rank: 6,
		refusal: state => noGuide(state) ?? (isAtContents(state) ? undefined : 'the contents are not open: c'),
	}),
	bind(scope, 'next-guide', [']'], 'guide', otherGuide(1), {rank: 5, refusal: noGuide}),
	bind(scope, 'previous-guide', ['['], 'previous guide', otherGuide(-1), {isHidden: true, refusal: noGuide}),
	bind(
		scope,
		'copy',
		['y'],
		'copy command',
		({store, controller}) => {
			const text = hereOf(store.getState())?.command;
			if (text !== undefined) controller.guides.copy(text);
		},
		{rank: 3, refusal: noCommand},
	),
	...panelKeys(scope, ['text', 'contents'] as const, ({guidePanel}) => guidePanel, turnContents),
	moveKey('down', ['j', 'down'], 1),
	moveKey('up', ['k', 'up'], -1),
	moveKey('a page down', ['pagedown'], 'page'),
	moveKey('a page up', ['pageup'], '-page'),
	moveKey('first', ['g', 'home'], 'first'),
	moveKey('last', ['G', 'end'], 'last'),
	backKey(scope, state => {
		if (state.guideCopied) state.copiedCommand(undefined);
		else if (isAtContents(state)) state.focusGuidePanel('text');
		else if (state.guideSearch !== '') state.leaveGuideSearch();
		else state.show('overview');
	}),
	...searchKeys,
];
