import {createContext, useContext} from 'react';
import type {TextProps} from 'ink';
import {glyphsFor, type Glyphs} from './glyphs.ts';

/** Sixteen named colours, by meaning. Source: design, "Screens". */
export type Tone =
	| 'danger'
	| 'attention'
	| 'success'
	| 'accent'
	| 'local'
	| 'preprod'
	| 'production'
	| 'muted'
	| 'value'
	| 'strong';

type ToneProps = Pick<TextProps, 'color' | 'dimColor' | 'bold'>;

const tones: Readonly<Record<Tone, ToneProps>> = {
	danger: {color: 'red'},
	attention: {color: 'yellow'},
	success: {color: 'green'},
	accent: {color: 'cyan'},
	local: {color: 'blue'},
	preprod: {color: 'magenta'},
	production: {color: 'red'},
	muted: {dimColor: true},
	value: {},
	strong: {bold: true},
};

export type Theme = {
	readonly glyphs: Glyphs;
	/** Without colour a chip is bracketed, since inverse video is all it had. */
	readonly hasColour: boolean;
	/** Everything behind a dialog is dim. */
	readonly isBehind: boolean;
};

export const ThemeContext = createContext<Theme>({glyphs: glyphsFor(true), hasColour: true, isBehind: false});

export const useTheme = (): Theme => useContext(ThemeContext);

/** Props of a Text in a tone; behind a dialog everything is muted but production red. */
export const toneProps = (tone: Tone, {isBehind}: Pick<Theme, 'isBehind'>): ToneProps =>
	isBehind ? {...tones[tone], dimColor: true, bold: false} : tones[tone];
