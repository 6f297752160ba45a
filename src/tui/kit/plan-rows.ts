import type {PlanLine} from '../../app/runs/plan-lines.ts';
import {numberOf} from '../../store/runs/step-numbers.ts';
import {blank, fit, span, type Row} from './rows.ts';
import {wrap, type Look} from './layout.ts';

/** Lines of one command that are shown; the whole text is what `cockpit deploy --plan` prints. */
const longest = 40;

/** Control characters end a line here; a command may hold newlines, which are shown as what they are. */
const visible = (line: string): readonly string[] => line.split('\n').map(part => part.replaceAll('\t', '  '));

/** Every command of a run, with what it does, the rights it needs and when it runs. */
export const planRows = (
	plan: readonly PlanLine[],
	steps: readonly {readonly id: string; readonly title: string; readonly isClosing?: true}[],
	width: number,
	{glyphs}: Look,
): readonly Row[] =>
	plan.flatMap((line, index): Row[] => {
		const step = steps.find(({id}) => id === line.step);
		const title = step ? `${numberOf(steps, step.id) ?? ''} ${step.title}`.trimStart() : line.step;
		const isFirst = plan[index - 1]?.step !== line.step;
		const code = visible(line.line).flatMap(part => wrap(part, width - 6));
		return [
			...(isFirst ? [...(index > 0 ? [blank] : []), [span(` ${title}`, 'value', {bold: true})]] : []),
			[
				span(`   ${glyphs.prompt} ${line.does.join(', ')}`),
				...(line.when === undefined ? [] : [span(`  when ${line.when}`, 'attention')]),
				...(line.needs.length === 0 ? [] : [span(`  needs ${line.needs.join(', ')}`, 'muted')]),
			],
			...code.slice(0, longest).map((text): Row => [span(`     ${text}`, 'muted')]),
			...(code.length > longest
				? [
						[
							span(
								`     ${glyphs.cut} ${code.length - longest} more lines, in full with --plan`,
								'muted' as const,
							),
						],
					]
				: []),
		].map(row => fit(row, width, glyphs.cut));
	});
