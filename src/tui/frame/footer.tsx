import {memo} from 'react';
import type {CockpitState} from '../../store/create-store.ts';
import {Rows} from '../kit/draw-rows.tsx';
import {keyName, labelOf, workingBindings, type Binding} from '../keys/binding.ts';
import {activeScopes} from '../keys/scopes.ts';
import {justify, span, widthOf, type Row} from '../kit/rows.ts';
import {useTheme} from '../kit/theme.tsx';
import {useCockpit} from '../kit/use-cockpit.ts';

/** One entry of the footer, ready to draw. */
export type FooterEntry = {
	readonly key: string;
	readonly label: string;
	readonly isDisabled: boolean;
	readonly rank: number;
};

/** Everywhere keys stand at the right end, which is never cut. */
const isAtRight = ({rank}: FooterEntry): boolean => rank >= 90;

/** The keys that work now, most used first. */
export const footerEntries = (
	bindings: readonly Binding[],
	state: CockpitState,
	isUnicode: boolean,
): readonly FooterEntry[] => {
	return workingBindings(bindings, activeScopes(state))
		.filter(({rank, isOffered}) => rank !== undefined && isOffered?.(state) !== false)
		.map(binding => ({
			key: keyName(binding.keys[0], isUnicode),
			label: labelOf(binding, state),
			isDisabled: binding.refusal?.(state) !== undefined,
			rank: binding.rank ?? 0,
		}))
		.sort((a, b) => a.rank - b.rank);
};

const entrySpans = ({key, label, isDisabled}: FooterEntry): Row => [
	span(key, isDisabled ? 'muted' : 'accent', {bold: !isDisabled}),
	span(` ${label}`, 'muted'),
];

const joined = (entries: readonly FooterEntry[]): Row =>
	entries.flatMap((entry, index): Row => [...(index > 0 ? [span('  ')] : []), ...entrySpans(entry)]);

/** What goes first where there is no room: the last of the keys that can't work now, else the last. */
const withoutOne = (entries: readonly FooterEntry[]): readonly FooterEntry[] => {
	const dropped = entries.findLast(({isDisabled}) => isDisabled) ?? entries.at(-1);
	return entries.filter(entry => entry !== dropped);
};

/** One line of keys; what does not fit is dropped from the middle, whole entries at a time. */
export const footerRow = (entries: readonly FooterEntry[], width: number): Row => {
	const right: Row = [...joined(entries.filter(isAtRight)), span(' ')];
	let left: readonly FooterEntry[] = entries.filter(entry => !isAtRight(entry));
	while (left.length > 0 && widthOf(joined(left)) + 1 > width - widthOf(right) - 2) left = withoutOne(left);
	return justify([span(' '), ...joined(left)], right, width);
};

export const Footer = memo(function Footer({
	width,
	bindings,
}: {
	readonly width: number;
	readonly bindings: readonly Binding[];
}) {
	const {glyphs} = useTheme();
	const isUnicode = glyphs.arrows !== 'up down';
	// Compared as text, so that what changes no key draws nothing.
	const entries = useCockpit(state => JSON.stringify(footerEntries(bindings, state, isUnicode)));
	return <Rows rows={[footerRow(JSON.parse(entries) as FooterEntry[], width)]} />;
});
