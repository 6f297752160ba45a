import type {Screen} from '../screen.ts';

/** The tab drawn in inverse video in the header, e.g. `3 Deploy`. */
export const activeTab = (screen: Screen): string =>
	Array.from({length: screen.columns}, (_, x) => screen.cell(x, 0))
		.map(({text, isInverse}) => (isInverse ? text || ' ' : ''))
		.join('')
		.trim();
