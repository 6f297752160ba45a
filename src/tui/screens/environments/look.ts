import type {EnvCell, EnvColumn, EnvRow} from '../../../domain/environments/env-table.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import {countEnvGroups, selectEnvItem, selectEnvLines, type EnvGroup} from '../../../store/environments/env-lines.ts';
import {selectEnvReading} from '../../../store/environments/env-tables.ts';
import {shortTitle} from '../../../store/overview/overview-facts.ts';
import type {Look} from '../../kit/layout.ts';
import {markSpan, type Marked} from '../../kit/marks.ts';
import {span, type Row, type Span} from '../../kit/rows.ts';
import type {Tone} from '../../kit/theme.tsx';

/** What the screen shows of a state. */
export const viewOf = (state: CockpitState) => {
	const reading = selectEnvReading(state);
	const table = reading.kept?.table;
	return {
		app: state.app,
		now: state.now,
		environments: state.environments,
		filter: state.lists.environments.filter,
		isTroubleOnly: state.isEnvTroubleOnly,
		...reading,
		table,
		/** Columns of the table, or those there will be. */
		columns: table?.columns ?? expectedColumns(state),
		counts: table && countEnvGroups(table),
		lines: selectEnvLines(state),
		item: selectEnvItem(state),
	};
};

export type EnvView = ReturnType<typeof viewOf>;

const expectedColumns = ({environments}: Pick<CockpitState, 'environments'>): readonly EnvColumn[] => [
	{id: templateId, title: templateId, file: '', readAt: 0},
	...environments.map(view => ({id: view.name, title: shortTitle(view), file: '', readAt: 0})),
];

const templateId = 'template';

export const isTemplateColumn = ({id}: Pick<EnvColumn, 'id'>): boolean => id === templateId;

/** Title without what stands in brackets. */
export const columnTitle = ({title}: Pick<EnvColumn, 'title'>): string => shortTitle({title});

/** The colour of an environment's name. */
export const columnTone = ({id}: Pick<EnvColumn, 'id'>, environments: EnvView['environments']): Tone =>
	environments.find(({name}) => name === id)?.tier ?? 'muted';

/** How people call the app's environments: those that hold values, without what the template says. */
export const valuePlaces = ({columns}: Pick<EnvView, 'columns'>): readonly EnvColumn[] =>
	columns.filter(column => !isTemplateColumn(column));

export const groupTitles: Readonly<Record<EnvGroup, string>> = {
	missing: 'Missing',
	extra: 'Extra',
	twice: 'Twice',
	same: 'Same where it should differ',
	unlike: 'Not what its template says',
	unclear: 'Same, as far as it is known',
	different: 'Different, as the template says',
	equal: 'Same',
};

/** What a head says at its right end. */
export const groupFacts: Readonly<Record<EnvGroup, string>> = {
	missing: '',
	extra: 'no template has it',
	twice: 'the last one counts',
	same: '',
	unlike: '',
	unclear: 'not every place was read',
	different: '',
	equal: '',
};

const groupMarks: Readonly<Record<EnvGroup, Marked>> = {
	missing: ['failed', 'danger'],
	extra: ['attention', 'attention'],
	twice: ['attention', 'attention'],
	same: ['attention', 'attention'],
	unlike: ['attention', 'attention'],
	unclear: ['unclear', 'attention'],
	different: ['done', 'success'],
	equal: ['dot', 'muted'],
};

/** Glyph of a key. One that is well as far as it is known is not drawn as well while a place is not read. */
export const rowMark = (group: EnvGroup, row: EnvRow, view: Pick<EnvView, 'columns'>, {glyphs}: Look): Span => {
	const isUnread = valuePlaces(view).some(
		({id, problem}) => problem !== undefined || (row.cells[id]?.kind ?? 'unknown') === 'unknown',
	);
	return markSpan(group === 'different' && isUnread ? groupMarks.unclear : groupMarks[group], glyphs);
};

export const groupMark = (group: EnvGroup, {glyphs}: Look): Span => markSpan(groupMarks[group], glyphs);

/** What a reference of the template says, in two words. */
const references = {secret: 'secret', value: 'per host'} as const;

/** A cell as text, and how it is drawn. `isMissed`: it should be there. */
export const cellLook = (
	cell: EnvCell,
	{glyphs}: Look,
	isMissed: boolean,
): {readonly text: string; readonly tone: Tone} => {
	switch (cell.kind) {
		case 'value':
			return {text: cell.text, tone: 'value'};
		case 'secret':
			return {text: `**** ${cell.print}`, tone: 'value'};
		case 'empty':
			return {text: 'empty', tone: 'muted'};
		case 'reference':
			return {text: references[cell.of], tone: 'muted'};
		case 'missing':
			return isMissed ? {text: 'missing', tone: 'danger'} : {text: glyphs.dot, tone: 'muted'};
		case 'unknown':
			return {text: `${glyphs.unclear} not read`, tone: 'attention'};
	}
};

/** All a place says of a key: every value where it says several. */
const cellsIn = ({cells, repeated}: EnvRow, {id}: EnvColumn): readonly EnvCell[] => {
	const several = repeated[id];
	return several !== undefined && several.length > 0 ? several : [cells[id] ?? {kind: 'unknown'}];
};

/** Whether a place lacks what the template has. */
const isMissedIn = (row: EnvRow, column: EnvColumn): boolean =>
	!isTemplateColumn(column) && row.finding === 'missing' && row.cells[templateId]?.kind !== 'missing';

/** What a place says of a key, as spans; what it said when it was last read is marked as such. */
export const placeSpans = (row: EnvRow, column: EnvColumn, look: Look): Row => {
	const isOld = column.problem !== undefined;
	const isMissed = isMissedIn(row, column);
	const looks = cellsIn(row, column).map(cell => ({
		...cellLook(cell, look, isMissed),
		isKnown: cell.kind !== 'unknown',
	}));
	const sign = isOld && looks.every(({isKnown}) => isKnown) ? [span(`${look.glyphs.unclear} `, 'attention')] : [];
	return [
		...sign,
		...looks.flatMap(({text, tone}, index): Row => [
			...(index > 0 ? [span(', ', 'muted')] : []),
			span(text, isOld && tone !== 'attention' ? 'muted' : tone),
		]),
	];
};

/** `reading` and an ellipsis, three dots where there is none. */
export const readingText = ({glyphs}: Look): string => `reading${glyphs.cut === '…' ? '…' : '...'}`;
