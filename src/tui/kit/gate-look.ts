import type {GateState, Verdict} from '../../domain/gates/gates.ts';
import type {Glyphs} from './glyphs.ts';
import type {Tone} from './theme.tsx';

/** How a gate's state is marked. Source: design, "Screens". */
export const gateMark = (state: GateState, glyphs: Glyphs): {readonly mark: string; readonly tone: Tone} => {
	switch (state) {
		case 'met':
			return {mark: glyphs.done, tone: 'success'};
		case 'failed':
			return {mark: glyphs.failed, tone: 'danger'};
		case 'open':
			return {mark: glyphs.open, tone: 'attention'};
		case 'waiting':
			return {mark: glyphs.waits, tone: 'attention'};
		case 'unknown':
			return {mark: glyphs.unclear, tone: 'attention'};
	}
};

export const verdictTone: Readonly<Record<Verdict, Tone>> = {GO: 'success', HOLD: 'attention', 'NO-GO': 'danger'};
