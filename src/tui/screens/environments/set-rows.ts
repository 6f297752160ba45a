import {quote} from '../../../commands/shell.ts';
import type {EnvColumn, EnvRow} from '../../../domain/environments/env-table.ts';
import {textRows} from '../../kit/layout.ts';
import {cellsOf, span, type Row} from '../../kit/rows.ts';
import {valuePlaces, type EnvView} from './look.ts';

type Places = Pick<EnvView, 'columns' | 'app' | 'environments'>;

/** Its values lie in the working copy, where also what is compiled in is read from a file. */
const isHere = ({id}: EnvColumn, {environments}: Places): boolean =>
	environments.some(({name, tier}) => name === id && tier === 'local');

/** No file has it: it stands in the environment's YAML, and is in the build. */
const isCompiled = ({key, cells}: EnvRow, {app}: Places): boolean =>
	app === 'frontend' &&
	(key.startsWith('NEXT_PUBLIC_') ||
		Object.entries(cells).some(([id, cell]) => id !== 'template' && 'line' in cell && cell.line === 0));

/** Places that lack a key, else all there are. */
const meantBy = (row: EnvRow, view: Places): readonly EnvColumn[] => {
	const places = valuePlaces(view);
	const lacking = places.filter(({id}) => row.finding === 'missing' && row.cells[id]?.kind === 'missing');
	return lacking.length > 0 ? lacking : places;
};

/** How a key is set, place by place: a command to paste, or where it is written. */
type Way = {readonly command: string} | {readonly text: string};

const compiledIn: Way = {
	text: 'It is compiled in: change buildEnvironment of the environment, commit it, and deploy.',
};

/** What no template has is not set anywhere: it goes, or the templates get it. */
const waysWithExtra = (row: EnvRow, view: Places): readonly Way[] => {
	const places = valuePlaces(view).filter(
		({id}) => !['missing', 'unknown'].includes(row.cells[id]?.kind ?? 'unknown'),
	);
	if (row.askedFor.length > 0)
		return [{text: 'No template has it, and the code asks for it: add it to the templates, environments/.env.*'}];
	const remove = places.map(({id}): Way => ({
		command: `cockpit env set ${quote(row.key)} --remove --env ${id} --app ${view.app}`,
	}));
	return [{text: 'No template has it and no code asks for it: remove it, or add it to the templates.'}, ...remove];
};

const waysToSet = (row: EnvRow, view: Places): readonly Way[] => {
	if (row.finding === 'extra') return waysWithExtra(row, view);
	const meant = meantBy(row, view);
	const isFixed = isCompiled(row, view);
	const ways = meant
		.filter(place => !isFixed || isHere(place, view))
		.map(({id}): Way => ({command: `cockpit env set ${quote(row.key)} --env ${id} --app ${view.app}`}));
	return ways.length < meant.length ? [compiledIn, ...ways] : ways;
};

/** A command that can be pasted: where it takes more than a line, each but the last says that it goes on. */
export const commandRows = (command: string, width: number): readonly Row[] => {
	const room = Math.max(16, width - 1);
	if (cellsOf(command) <= room) return [[span(' '), span(command, 'accent')]];
	const [first = '', ...options] = command.split(/ (?=--)/);
	const lines = options.reduce<readonly string[]>(
		(all, option) => {
			const longer = `${all.at(-1) ?? ''} ${option}`;
			return cellsOf(longer) <= room - 4 ? [...all.slice(0, -1), longer] : [...all, option];
		},
		[first],
	);
	return lines.map((line, index) => [
		span(index === 0 ? ' ' : '   '),
		span(index === lines.length - 1 ? line : `${line} \\`, 'accent'),
	]);
};

/** How a key is set: each place that lacks it, else each there is. */
export const setRows = (row: EnvRow, view: Places, width: number): readonly Row[] => {
	const ways = waysToSet(row, view);
	const toSet = ways.some(way => 'command' in way) ? 'To set it: s, or value on stdin' : 'To set it';
	const heading = row.finding === 'extra' ? 'To mend it' : toSet;
	return [
		[span(` ${heading}`, 'value', {bold: true})],
		...ways.flatMap(way => ('command' in way ? commandRows(way.command, width) : textRows(way.text, width))),
	];
};

/** The first way alone; of a key that no template has, how it goes. */
export const setShort = (row: EnvRow, view: Places, width: number): readonly Row[] =>
	waysToSet(row, view)
		.slice(0, row.finding === 'extra' ? 2 : 1)
		.flatMap(way => ('command' in way ? commandRows(way.command, width) : textRows(way.text, width)));
