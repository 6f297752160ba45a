import {dateFormat} from '../date-format.ts';
import {moment} from '../format.ts';
import type {ProbeAnswer} from '../ports.ts';
import type {ProbeFinding} from './probe.ts';

const dayMs = 86_400_000;

/** `Mon 23 Mar`: weeks ahead, the time of day says nothing. */
const dayOf = (epochMs: number, timeZone: string): string =>
	dateFormat(timeZone, {weekday: 'short', day: 'numeric', month: 'short'}).format(epochMs).replaceAll(',', '');

/** Judges the certificate an answer came with. `at`: epoch milliseconds now. */
export const judgeCertificate = (
	{outcome, certificateUntil, certificateProblem}: ProbeAnswer,
	{at, atLeastDays, timeZone}: {readonly at: number; readonly atLeastDays: number; readonly timeZone: string},
): Pick<ProbeFinding, 'state' | 'value' | 'unit' | 'limit' | 'text'> => {
	const common = {unit: 'days' as const, limit: atLeastDays};
	const value = certificateUntil === undefined ? undefined : Math.floor((certificateUntil - at) / dayMs);
	const figures = value === undefined ? common : {...common, value};
	const until = certificateUntil === undefined ? '' : `, until ${moment(certificateUntil, timeZone)}`;
	if (certificateProblem !== undefined) return {...figures, state: 'fail', text: `${certificateProblem}${until}`};
	if (value === undefined)
		return {...common, state: 'unclear', text: 'error' in outcome ? outcome.error : 'the server sent none'};
	if (value < 0) return {...figures, state: 'fail', text: `expired${until}`};
	const days = value === 1 ? '1 day' : `${value} days`;
	if (value < atLeastDays)
		return {...figures, state: 'fail', text: `${days} left${until}, at least ${atLeastDays} days`};
	return {...figures, state: 'pass', text: `${days}, until ${dayOf(certificateUntil ?? at, timeZone)}`};
};
