import {memo} from 'react';
import {useShallow} from 'zustand/react/shallow';
import type {CockpitState} from '../../../store/create-store.ts';
import {Rows} from '../../kit/draw-rows.tsx';
import {span, type Row} from '../../kit/rows.ts';
import {useTheme} from '../../kit/theme.tsx';
import {useCockpit} from '../../kit/use-cockpit.ts';
import {cardRows, cardStep, type EnvironmentsView} from './environment-cards.ts';
import {lineRows} from './environment-lines.ts';
import type {Glyphs} from '../../kit/glyphs.ts';

/** Cards where they fit, else two lines each. */
export const environmentsRows = (
	state: EnvironmentsView,
	width: number,
	isWide: boolean,
	glyphs: Glyphs,
): readonly Row[] => {
	const step = isWide ? cardStep(state.environments.length, width) : undefined;
	return step === undefined ? lineRows(state, width, glyphs) : cardRows(state, width, step, glyphs);
};

const select = ({environments, healths, links, local, now}: CockpitState): EnvironmentsView => ({
	environments,
	healths,
	links,
	local,
	// Ages are shown in seconds.
	now: Math.floor(now / 1000) * 1000,
});

/** What runs where. `width`: without the screen's margins. */
export const Environments = memo(function Environments({
	width,
	isWide,
}: {
	readonly width: number;
	readonly isWide: boolean;
}) {
	const {glyphs} = useTheme();
	const state = useCockpit(useShallow(select));
	return <Rows rows={environmentsRows(state, width, isWide, glyphs).map(row => [span(' '), ...row])} />;
});
