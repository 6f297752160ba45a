import fc from 'fast-check';
import {expect, test} from 'vitest';
import {compareValues, isTrouble, type EnvReading} from '../../../src/domain/environments/compare-values.ts';
import {parseEnvFile} from '../../../src/domain/environments/env-file.ts';
import {envFindings} from '../../../src/domain/environments/env-table.ts';

const reading = (id: string, text: string | undefined, template: string): EnvReading => ({
	column: {id, title: id, file: `${id}/.env`, readAt: 0, ...(text === undefined ? {problem: 'timed out'} : {})},
	entries: text === undefined ? undefined : parseEnvFile(text).entries,
	template: parseEnvFile(template).entries,
});

const known = (asked: Readonly<Record<string, readonly string[]>> = {}) => ({
	print: (secret: string): string => `#${secret.length}`,
	askedFor: new Map(Object.entries(asked)),
	setBy: new Map<string, ReadonlyMap<string, {at: number; by: string}>>(),
});

const rows = (...readings: readonly EnvReading[]) => compareValues(readings, known());

const row = (key: string, ...readings: readonly EnvReading[]) => rows(...readings).find(one => one.key === key);

test('table of values: every finding, worst first', () => {
	const template = (name: string): string =>
		['A_MISSING=30', 'C_TWICE=info', `D_SECRET_KEY=\${secret:${name}/d}`, `E_URL=//${name}`, 'F_NAME=QSights'].join(
			'\n',
		);
	const values = (name: string, more = ''): string => `E_URL=//${name}\nF_NAME=QSights\n${more}`;
	const found = rows(
		reading('local', values('local', 'C_TWICE=info\nD_SECRET_KEY=one'), template('local')),
		reading(
			'preprod',
			values('preprod', 'A_MISSING=30\nC_TWICE=info\nC_TWICE=info\nD_SECRET_KEY=two'),
			template('preprod'),
		),
		reading(
			'production',
			values('production', 'A_MISSING=30\nC_TWICE=info\nD_SECRET_KEY=two\nB_EXTRA=https://sso.old'),
			template('production'),
		),
	);

	expect(found.map(({key, finding, problems}) => [key, finding, problems])).toEqual([
		['A_MISSING', 'missing', ['missing on local']],
		['B_EXTRA', 'extra', ['on production, but in no template; no code here asks for it']],
		['C_TWICE', 'twice', ['given more than once on preprod, on lines 4 and 5; the last one counts']],
		['D_SECRET_KEY', 'same', ['the same on preprod and production, where the templates say it differs']],
		['E_URL', 'different', []],
		['F_NAME', 'equal', []],
	]);
	expect(found.map(({cells}) => cells['template']?.kind)).toEqual([
		'value',
		'missing',
		'value',
		'reference',
		'reference',
		'value',
	]);
	expect(found.filter(isTrouble).map(({key}) => key)).toEqual(['A_MISSING', 'B_EXTRA', 'C_TWICE', 'D_SECRET_KEY']);
});

test.each([
	['what is yours to set may be the same everywhere', '${value:a/port}', '${value:b/port}', '3306', '3306', 'equal'],
	['a secret of two environments may not', '${secret:a/x}', '${secret:b/x}', 'one', 'one', 'same'],
	['a secret that both name alike may', '${secret:all/x}', '${secret:all/x}', 'one', 'one', 'equal'],
	['a secret that is off on both hosts is none', '${secret:a/x}', '${secret:b/x}', 'null', 'null', 'equal'],
	['a value that is written out, and not what the template says', 'on', 'on', 'on', 'off', 'different'],
])('table of values: %s', (_, says, saysToo, value, other, finding) => {
	const found = row(
		'A_PORT',
		reading('a', `A_PORT=${value}`, `A_PORT=${says}`),
		reading('b', `A_PORT=${other}`, `A_PORT=${saysToo}`),
	);

	expect(found?.finding).toBe(finding);
});

test('table of values: a host that did not answer is unknown, and lacks nothing', () => {
	const found = row('A', reading('local', 'A=1', 'A=1'), reading('preprod', undefined, 'A=1'));

	expect(found).toMatchObject({
		finding: 'equal',
		problems: [],
		cells: {local: {kind: 'value'}, preprod: {kind: 'unknown'}},
	});
});

test('table of values: a key is missing only where its own template has it', () => {
	const found = row('SENTRY', reading('local', 'A=1', 'A=1'), reading('production', 'SENTRY=on', 'SENTRY=on'));

	expect(found).toMatchObject({finding: 'different', problems: [], cells: {local: {kind: 'missing'}}});
});

test('table of values: a value that gives itself away is a secret under any name', () => {
	const leak = 'https://user:geheim123@sso.old';
	const found = row('LEGACY_URL', reading('production', `LEGACY_URL=${leak}\nLEGACY_URL=${leak}`, ''));

	expect(found?.cells['production']).toEqual({kind: 'secret', print: `#${leak.length}`, line: 2});
	expect(JSON.stringify(found)).not.toContain('geheim123');
});

const keyName: fc.Arbitrary<string> = fc.constantFrom('APP_KEY', 'APP_URL', 'DB_PASSWORD', 'LOG_LEVEL', 'PORT', 'SITE');
const secret = fc
	.string({unit: fc.constantFrom('a', 'b', 'c', 'x', 'y'), minLength: 12, maxLength: 16})
	.map(text => `S3CRET${text}`);
const stated = fc.oneof(
	fc.constantFrom('info', 'on', ''),
	fc.constantFrom('local', 'preprod').map(name => `\${secret:${name}/x}`),
	fc.constant('${value:local/x}'),
);
/** Lines in any order, with comments, blanks and repetitions between them. */
const layout = <Value>(value: fc.Arbitrary<Value>) =>
	fc.array(fc.tuple(keyName, value, fc.constantFrom('', '# note\n', '\n', 'export ')), {maxLength: 12});
type Layout = readonly (readonly [string, string, string])[];
const textOf = (lines: Layout): string => lines.map(([key, value, before]) => `${before}${key}=${value}\n`).join('');
const unique = (lines: Layout): Layout => [...new Map(lines.map(line => [line[0], line])).values()];
const column = fc.record({
	lines: layout(fc.oneof(fc.constantFrom('info', 'on', '', 'null'), secret)),
	template: layout(stated).map(unique),
	isSilent: fc.boolean(),
});
const readingsOf = (columns: readonly {lines: Layout; template: Layout; isSilent: boolean}[]): readonly EnvReading[] =>
	columns.map(({lines, template, isSilent}, index) =>
		reading(`place${index}`, isSilent ? undefined : textOf(lines), textOf(template)),
	);

test('table of values: findings are total, and the same in any order of columns', () => {
	fc.assert(
		fc.property(fc.array(column, {minLength: 1, maxLength: 4}), columns => {
			const readings = readingsOf(columns);
			const found = rows(...readings);
			const keys = new Set(
				columns.flatMap(({lines, template, isSilent}) =>
					[...(isSilent ? [] : lines), ...template].map(([key]) => key),
				),
			);

			expect(found.map(({key}) => key).toSorted()).toEqual([...keys].toSorted());
			expect(found.map(({finding}) => envFindings.indexOf(finding))).toEqual(
				found.map(({finding}) => envFindings.indexOf(finding)).toSorted((a, b) => a - b),
			);
			const findings = (given: readonly EnvReading[]) =>
				Object.fromEntries(rows(...given).map(({key, finding, cells}) => [key, {finding, cells}]));
			expect(findings(readings.toReversed())).toEqual(findings(readings));
		}),
		{seed: 20_260_210, numRuns: 200},
	);
});

test('table of values: what is given more than once is found in any layout', () => {
	fc.assert(
		fc.property(column, ({lines, template}) => {
			const found = rows(...readingsOf([{lines, template, isSilent: false}]));
			const counts = Map.groupBy(lines, ([key]) => key);

			for (const {key, repeated} of found)
				expect(repeated['place0']?.length ?? 1).toBe(Math.max(1, counts.get(key)?.length ?? 0));
		}),
		{seed: 20_260_210, numRuns: 200},
	);
});

test('table of values: no secret is anywhere in it', () => {
	fc.assert(
		fc.property(fc.array(column, {minLength: 1, maxLength: 3}), columns => {
			const secretKeys: ReadonlySet<string> = new Set(
				columns.flatMap(({template}) =>
					template.flatMap(([key, value]) => (value.startsWith('${secret:') ? [key] : [])),
				),
			);
			const all = JSON.stringify(rows(...readingsOf(columns)));

			for (const {lines, isSilent} of columns)
				for (const [key, value] of lines)
					if (!isSilent && value.startsWith('S3CRET') && (/KEY|PASSWORD/.test(key) || secretKeys.has(key)))
						expect(all).not.toContain(value);
		}),
		{seed: 20_260_210, numRuns: 200},
	);
});
