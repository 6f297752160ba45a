import {moment} from '../../../../domain/format.ts';
import type {TakeOver} from '../../../../store/deploy/wizard.ts';
import {span, type Row} from '../../../kit/rows.ts';
import {environmentBar} from '../../../kit/environment-bar.ts';
import {banner, notYet} from '../environment-bar.ts';
import {factRows, hanging, panelHead, stack, type Look} from '../../../kit/layout.ts';

/** Where this happens: red for production. */
export const takeOverHead = ({title, place}: TakeOver, width: number, height: number, look: Look): readonly Row[] =>
	place.tier === 'production'
		? banner(
				'TAKES OVER A RUN ON PRODUCTION',
				[`Server: ${place.address}`, `${place.title}: ${title}`],
				width,
				height,
			)
		: [environmentBar({...place, left: `take over: ${title}`, right: notYet(width)}, width, look)];

/** The evidence above TAKE-OVER: who drives the run, what its host is at, and what the word does to them. */
export const takeOverEvidence = (
	{run, name, machine, since, running, place}: TakeOver,
	width: number,
	height: number,
	look: Look,
): readonly Row[] => {
	const at = running.length > 0 ? `is at ${running.join(', ')}` : 'runs nothing of it';
	return stack(
		[
			factRows(
				{
					run: [span(run, 'value', {bold: true})],
					'driven by': [span(`${name} on ${machine}`, 'value', {bold: true})],
					since: moment(since, place.timeZone),
					host: `${place.address} ${at}`,
				},
				9,
			),
			[
				panelHead('When you press Enter', width, look),
				...[
					'The lock is yours. Nothing that is done already is done again.',
					'What the host is at goes on to its end; the rest is driven from here, in your name.',
					`The cockpit of ${name} ends with exit 6 before its next step, and says who has it.`,
				].flatMap((text, index) => hanging(span(` ${index + 1} `, 'muted'), text, width)),
			],
			[[span(` ${look.glyphs.attention} Ask ${name} first, if you can.`, 'attention')]],
		],
		height,
	);
};
