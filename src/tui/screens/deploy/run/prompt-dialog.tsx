import type {Prompt, SqlStatement} from '../../../../domain/runs/prompt.ts';
import {promptViewOf, type PromptView} from '../../../../store/runs/run-prompt.ts';
import {DialogFrame, dialogBox, productionFact} from '../../../dialogs/dialog-frame.tsx';
import {wrap, type Look, type ScreenProps} from '../../../kit/layout.ts';
import {blank, pad, span, type Row} from '../../../kit/rows.ts';
import {useTheme} from '../../../kit/theme.tsx';
import {useCockpit} from '../../../kit/use-cockpit.ts';

const destructiveWord = 'destructive';

const statementRows = ({text, isDestructive}: SqlStatement, width: number, {glyphs}: Look): readonly Row[] => {
	const lead = isDestructive ? `${glyphs.attention} ${destructiveWord}  ` : '  ';
	const rest = ' '.repeat(isDestructive ? 4 : 2);
	return wrap(text, Math.max(12, width - lead.length)).map((line, index): Row => [
		span(index === 0 ? lead : rest, isDestructive ? 'danger' : 'value', isDestructive ? {bold: true} : {}),
		span(line, isDestructive ? 'danger' : 'value'),
	]);
};

/** What is asked about, fact by fact, then every statement below its migration. */
const promptText = (prompt: Prompt, width: number, look: Look): readonly Row[] => [
	...prompt.facts.flatMap(fact => wrap(fact, width)).map((line): Row => [span(line)]),
	...(prompt.sql ?? []).flatMap((statement, index, all): Row[] => [
		...(all[index - 1]?.migration === statement.migration
			? []
			: [blank, [span(`SQL of ${statement.migration}`, 'muted' as const)]]),
		...statementRows(statement, width, look),
	]),
];

/** How much of the preview takes something away; never left out, whatever page is shown. */
const verdictRow = ({sql}: Prompt, {glyphs}: Look): Row => {
	if (!sql || sql.length === 0) return [span(`${glyphs.unclear} no preview of the SQL`, 'attention')];
	const count = sql.filter(({isDestructive}) => isDestructive).length;
	return count === 0
		? [span(`${glyphs.done} none of ${sql.length} statements is ${destructiveWord}`, 'muted')]
		: [span(`${glyphs.attention} ${count} of ${sql.length} statements ${destructiveWord}`, 'danger', {bold: true})];
};

const choiceRows = ({choices}: Prompt, selected: string, {glyphs}: Look): readonly Row[] => {
	const labels = Math.max(...choices.map(({label}) => label.length)) + 2;
	return choices.map(({id, label, detail}): Row => [
		span(id === selected ? glyphs.cursor : ' ', 'accent'),
		...pad([span(label, 'value', {bold: id === selected})], labels),
		span(detail, 'muted'),
	]);
};

/** The question in `height` rows: a page of its text, then what is always there. */
const promptPage = (prompt: Prompt, view: PromptView, width: number, height: number, look: Look) => {
	const text = promptText(prompt, width, look);
	const choices = choiceRows(prompt, view.choice, look);
	const isLoose = height - choices.length - 3 >= 3;
	const room = Math.max(1, height - choices.length - (isLoose ? 3 : 1));
	const of = Math.max(1, Math.ceil(text.length / room));
	const page = ((view.page % of) + of) % of;
	const space = isLoose ? [blank] : [];
	const shown = text.slice(page * room, (page + 1) * room);
	return {rows: [...shown, ...space, verdictRow(prompt, look), ...space, ...choices], page: page + 1, of};
};

const wanted = 96;

/** A question of the run, over its screen. */
export function PromptDialog({width, height, prompt}: ScreenProps & {readonly prompt: Prompt}) {
	const theme = useTheme();
	const view = useCockpit(state => state.promptView);
	const plan = useCockpit(state => state.runPlan);
	const size = {columns: width, rows: height};
	const box = dialogBox(size, height, wanted);
	const {rows, page, of} = promptPage(prompt, promptViewOf(prompt, view), box.width - 6, box.height - 4, theme);
	const isProduction = plan?.tier === 'production';
	const fact: Row = [
		...(of > 1 ? [span(`page ${page} of ${of}`, 'muted')] : []),
		...(isProduction ? [span(' '), ...productionFact] : []),
	];
	return (
		<DialogFrame
			size={size}
			title={prompt.title}
			tone={isProduction ? 'danger' : 'attention'}
			fact={fact}
			content={rows}
			wanted={wanted}
		/>
	);
}
