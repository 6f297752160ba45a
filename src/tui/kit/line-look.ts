import type {LineOutcome} from '../../app/ledger/ledger-lines.ts';
import type {Glyphs} from './glyphs.ts';
import type {Tone} from './theme.tsx';

/** How a line of a ledger is marked. Source: design, "Screens". */
export const lineMark = (outcome: LineOutcome, glyphs: Glyphs): readonly [string, Tone] => {
	switch (outcome) {
		case 'deployed':
			return [glyphs.attention, 'accent'];
		case 'rolled-back':
		case 'undone':
		case 'taken-back':
			return [glyphs.rolledBack, 'attention'];
		case 'adopted':
		case 'passed':
		case 'approved':
			return [glyphs.done, 'success'];
		case 'failed':
			return [glyphs.failed, 'danger'];
		case 'abandoned':
		case 'not-applicable':
			return [glyphs.notApplicable, 'muted'];
		case 'started':
			return [glyphs.running[0] ?? '', 'accent'];
		case 'unclear':
		case 'unknown':
			return [glyphs.unclear, 'attention'];
		case 'held':
		case 'begun-anew':
			return [glyphs.attention, 'attention'];
		case 'unlocked':
		case 'leased':
		case 'opened':
			return [glyphs.open, 'muted'];
	}
};
