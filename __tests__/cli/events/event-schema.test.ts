import {readFileSync, writeFileSync} from 'node:fs';
import {expect, expectTypeOf, test} from 'vitest';
import type {z} from 'zod';
import type {PlanLine} from '../../../src/app/runs/plan-lines.ts';
import {linesBeside, runEvents} from '../../../src/cli/events/event-schema.ts';
import {errorObject} from '../../../src/cli/print-error.ts';
import {jsonSchemaVersion} from '../../../src/cli/print-json.ts';
import {blocked, misconfigured} from '../../../src/domain/errors.ts';
import type {Gate} from '../../../src/domain/gates/gates.ts';
import type {RunEvent} from '../../../src/domain/runs/events.ts';
import {problemsOfLine} from '../../support/printed-lines.ts';

/** A value as JSON brings it: what may be undefined may be missing, whether or not its type says so twice. */
type Printed<T> = T extends readonly (infer Item)[]
	? readonly Printed<Item>[]
	: T extends object
		? Flat<
				{readonly [K in keyof T as undefined extends T[K] ? never : K]: Printed<T[K]>} & {
					readonly [K in keyof T as undefined extends T[K] ? K : never]?: Printed<Exclude<T[K], undefined>>;
				}
			>
		: T;
type Flat<T> = {[K in keyof T]: T[K]};
type Described = z.infer<(typeof runEvents)[number]['schema']>;
type Told = RunEvent extends infer Event ? (Event extends RunEvent ? Event & {readonly schema: 1} : never) : never;
type Beside = z.infer<(typeof linesBeside)[number]['schema']>;
type GatePrinted = Extract<Beside, {type: 'gate'}>['gates'][number];
type ByType<Event extends {readonly type: string}> = {
	[Type in RunEvent['type']]: Printed<Extract<Event, {type: Type}>>;
};

test('events: the schema describes what a run tells, field by field; what differs does not compile', () => {
	expectTypeOf<Described['type']>().toEqualTypeOf<RunEvent['type']>();
	expectTypeOf<ByType<Described>>().toEqualTypeOf<ByType<Told>>();
	expectTypeOf<Printed<Extract<Beside, {type: 'plan.line'}>>>().toEqualTypeOf<
		Printed<PlanLine & {readonly schema: 1; readonly type: 'plan.line'}>
	>();
	expectTypeOf<Printed<GatePrinted>>().toEqualTypeOf<Printed<Omit<Gate, 'at'> & {readonly opensAt?: string}>>();

	expect(new Set([...runEvents, ...linesBeside].map(({type}) => type)).size).toBe(
		runEvents.length + linesBeside.length,
	);
});

test('events: errors are printed as described, a fault of the cockpit too', () => {
	const said = {what: 'What', why: 'Why', next: 'Next'};
	for (const error of [blocked(said), misconfigured({...said, log: '/log'}), new TypeError('broken'), 'thrown'])
		expect(problemsOfLine(errorObject(error))).toEqual([]);
});

test('events: a line with a field too many, one too few, or of a later version is named', () => {
	const line = {schema: 1, type: 'lock.taken', at: 1, token: 3};

	expect(problemsOfLine(line)).toEqual([]);
	expect(problemsOfLine({...line, more: 1})).toEqual([expect.stringContaining('lock.taken')]);
	expect(problemsOfLine({...line, token: undefined})).toEqual([expect.stringContaining('token')]);
	expect(problemsOfLine({...line, schema: 2})).toEqual([expect.stringContaining('schema')]);
	expect(problemsOfLine({schema: 1, type: 'status'})).toEqual([]);
});

const escape = (text: string): string => text.replaceAll('|', String.raw`\|`);

type Schema = z.core.$ZodType & {readonly description?: string | undefined};
/** What stands behind `exactOptional` and the like, with whether it may be missing or null. */
const unwrapped = (
	schema: Schema,
): {readonly inner: Schema; readonly description: string; readonly isOptional: boolean} => {
	const {type} = schema._zod.def;
	if (type !== 'optional' && type !== 'nullable')
		return {inner: schema, description: schema.description ?? '', isOptional: false};
	const {innerType} = schema._zod.def as z.core.$ZodOptionalDef<Schema>;
	const {inner, description} = unwrapped(innerType);
	return {inner, description: schema.description ?? description, isOptional: type === 'optional'};
};

/** Fields of an object, those of objects and lists in it behind them as `record.actor.name`, `gates[].text`. */
const fieldsOf = (shape: Readonly<Record<string, Schema>>, before = ''): readonly string[] =>
	Object.entries(shape).flatMap(([name, schema]) => {
		const {inner, description, isOptional} = unwrapped(schema);
		const path = `${before}${name}`;
		const values =
			inner._zod.def.type === 'enum'
				? ` (${Object.keys((inner._zod.def as z.core.$ZodEnumDef).entries)
						.map(value => `\`${value}\``)
						.join(', ')})`
				: '';
		const row = `| \`${path}\`${isOptional ? '?' : ''} | ${escape(description)}${values} |`;
		return [row, ...innerFields(inner, path)];
	});

const innerFields = (schema: Schema, path: string): readonly string[] => {
	const {def} = schema._zod;
	if (def.type === 'object') return fieldsOf((def as z.core.$ZodObjectDef).shape, `${path}.`);
	if (def.type === 'array') return innerFields((def as z.core.$ZodArrayDef<Schema>).element, `${path}[]`);
	if (def.type === 'union')
		return [
			...new Set((def as z.core.$ZodUnionDef<readonly Schema[]>).options.flatMap(one => innerFields(one, path))),
		];
	return [];
};

type Line = (typeof runEvents | typeof linesBeside)[number];

const isEvent = (type: string): boolean => runEvents.some(event => event.type === type);

const tableOf = (lines: readonly Line[]): string => {
	const rows = lines.map(({type, note: {when, since, ...more}, fields}) => {
		const names = Object.entries(fields as Record<string, Schema>)
			.filter(([name]) => name !== 'at' || !isEvent(type))
			.map(([name, schema]) => `\`${name}\`${unwrapped(schema).isOptional ? '?' : ''}`);
		const rare = 'rare' in more ? `; only with ${more.rare}` : '';
		return `| \`${type}\` | ${escape(when + rare)} | ${names.join(', ')} | ${since} |`;
	});
	return ['| type | when | fields | since |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
};

const fieldTables = (lines: readonly Line[]): string =>
	lines
		.map(({type, fields}) => {
			const rows = fieldsOf(fields as Record<string, Schema>).filter(
				row => !row.startsWith('| `at` ') || !isEvent(type),
			);
			return [`### ${type}`, '', '| field | what it is |', '| --- | --- |', ...rows, ''].join('\n');
		})
		.join('\n');

test('docs/events.md: the tables are the schema', () => {
	const page = readFileSync('docs/events.md', 'utf8');
	const wanted: Readonly<Record<string, string>> = {
		events: tableOf(runEvents),
		beside: tableOf(linesBeside),
		fields: fieldTables([...runEvents, ...linesBeside]),
	};
	const made = Object.entries(wanted).reduce((text, [name, table]) => {
		const [open, close] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
		const [before = '', rest = ''] = text.split(open);
		return `${before}${open}${table}${close}${rest.split(close)[1] ?? ''}`;
	}, page);
	if (process.env['UPDATE_EVENTS']) writeFileSync('docs/events.md', made);
	else expect(page).toBe(made);
	expect(page).toContain(`\`"schema": ${jsonSchemaVersion}\``);
});
