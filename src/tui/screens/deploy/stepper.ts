import {rollbackWord} from '../../../domain/runs/confirm.ts';
import {blank, widthOf, span, type Row} from '../../kit/rows.ts';
import type {WizardStage, WizardSlice} from '../../../store/deploy/wizard.ts';
import type {Look} from '../../kit/layout.ts';

export type StepperView = Pick<WizardSlice, 'stage' | 'intent' | 'words' | 'wordIndex'>;

/** What was done on another screen before the run. */
const waysElsewhere = {rollback: ['Backups', rollbackWord], change: ['Environments', 'Word']} as const;

const places = ({intent, words}: StepperView): readonly string[] =>
	intent === 'rollback' || intent === 'change'
		? [...waysElsewhere[intent], 'Run', 'Done']
		: [
				'Choose',
				...(intent === 'deploy' ? ['Review'] : []),
				...(words.length > 0 ? words : ['yes']),
				'Run',
				'Done',
			];

const placeOf = (view: StepperView, names: readonly string[]): number => {
	const run = names.length - 2;
	const at: Readonly<Record<WizardStage, number>> = {
		choose: 0,
		review: 1,
		confirm: run - Math.max(1, view.words.length) + view.wordIndex,
		run,
		done: run + 1,
		failed: run,
	};
	return at[view.stage];
};

/** `✓ Choose ── ● Review ── ○ yes ── ○ Run ── ○ Done`; without room the long word is cut, then only the place is told. */
export const stepper = (view: StepperView, width: number, look: Look): Row => {
	const names = places(view);
	const at = placeOf(view, names);
	const short = names.map(name => (name.length > 14 ? `${name.slice(0, 10)}${look.glyphs.cut}` : name));
	for (const shown of [names, short]) {
		const row = stepperRow(view, shown, at, look);
		if (widthOf(row) <= width) return row;
	}
	return [span(`${at + 1} of ${names.length}`, 'muted'), span(` ${names[at] ?? ''}`, 'value', {bold: true})];
};

const stepperRow = (view: StepperView, names: readonly string[], at: number, {glyphs}: Look): Row => {
	const line = ` ${glyphs.rule.repeat(2)} `;
	return names.flatMap((name, index): Row => {
		const isPast = index < at || view.stage === 'done';
		const hasFailed = view.stage === 'failed' && index === at;
		const mark = hasFailed ? glyphs.failed : isPast ? glyphs.done : index === at ? glyphs.healthy : glyphs.open;
		const tone = hasFailed ? 'danger' : isPast ? 'success' : index === at ? 'accent' : 'muted';
		return [
			...(index > 0 ? [span(line, 'muted')] : []),
			span(mark, tone),
			span(` ${name}`, index === at ? 'value' : 'muted', {bold: index === at}),
		];
	});
};

/** The way below a bar, with blank lines around it where there is room. */
export const spacedStepper = (view: StepperView, width: number, height: number, look: Look): readonly Row[] => [
	...(height >= 28 ? [blank] : []),
	stepper(view, width, look),
	...(height >= 20 ? [blank] : []),
];
