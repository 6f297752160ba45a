import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {compareValues, isTrouble, type EnvReading} from '../../../src/domain/environments/compare-values.ts';
import {parseEnvFile} from '../../../src/domain/environments/env-file.ts';
import {envFindings} from '../../../src/domain/environments/env-table.ts';
import {mayBeSecret} from '../../../src/domain/environments/secret-values.ts';

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

test.each([
	['REDIS_PASS', 'hunter22'],
	['JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln'],
	['SLACK_WEBHOOK', 'https://hooks.slack.com/services/T0/B0/x'],
	['NOTIFY_URL', 'https://hooks.slack.com/services/T0/B0/x'],
	['GOOGLE_CREDS', '{"type":"service_account","private_key":"x"}'],
	['GOOGLE_JSON', '{"type":"service_account","private_key":"x"}'],
	['SALT', 'pinch'],
	['PIN', '4711'],
	['LICENCE', 'A-1'],
	['HASHID', 'abc'],
	['OAUTH_CLIENT', 'me'],
	['SMTP_LOGIN', 'bob:pw'],
	['SENTRY', 'https://0f1e2d3c@o1.ingest.sentry.io/1'],
	['BUCKET_ID', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLE'],
	['POSTMARK', '1f0e7c3a-8b5d-4c2e-9a6f-3d2b1c0a9e8f'],
	['FEED_URL', 'https://feeds.test/x?sig=abc'],
	['CHECKSUM', '9f86d081884c7d659a2feaa0c55ad015'],
])('table of values: %s is not shown, not even where a template has it as a plain value', (key, value) => {
	const quoted = `${key}='${value}'`;
	const extra = row(key, reading('preprod', quoted, ''));
	const stated = row(key, reading('preprod', quoted, `${key}=\${value:preprod/x}`), reading('local', '', quoted));

	for (const found of [extra, stated]) {
		expect(found?.cells['preprod']).toMatchObject({kind: 'secret'});
		expect(JSON.stringify(found)).not.toContain(JSON.stringify(value).slice(1, -1));
	}
});

test('table of values: what no template has is not shown, whatever it is called; what one has is, on every place', () => {
	const found = rows(
		reading('local', 'MYSTERY=plain\nAPP_URL=https://a.test\nOFF=false', 'APP_URL=https://a.test'),
		reading('preprod', 'APP_URL=https://a.test\nCACHE=redis', 'CACHE=file'),
	);
	const cells = Object.fromEntries(
		found.map(({key, cells: {local, preprod}}) => [key, [local?.kind, preprod?.kind]]),
	);

	expect(cells).toEqual({
		APP_URL: ['value', 'value'],
		CACHE: ['missing', 'value'],
		MYSTERY: ['secret', 'missing'],
		OFF: ['value', 'missing'],
	});
});

test('table of values: what is compiled in is shown, and a copy of what is written out hides nothing', () => {
	const compiled = {
		...reading('preprod', '', 'APP_URL=https://pre.test'),
		entries: [
			{key: 'NEXT_PUBLIC_TITLE', value: 'QSights', line: 0},
			{key: 'OAUTH_DOMAIN', value: 'pre.test', line: 3},
			{key: 'APP_URL', value: 'https://pre.test', line: 4},
		],
	};
	const kinds = rows(compiled).map(({key, cells}) => [key, cells['preprod']?.kind]);

	expect(Object.fromEntries(kinds)).toEqual({NEXT_PUBLIC_TITLE: 'value', OAUTH_DOMAIN: 'secret', APP_URL: 'value'});
});

test('table of values: templates as they are shipped keep no plain value to themselves', () => {
	for (const name of ['local', 'preprod', 'production']) {
		const text = readFileSync(`environments/.env.${name}`, 'utf8');
		const plain = parseEnvFile(text).entries.filter(({value}) => !value.includes('${'));

		expect(plain.length).toBeGreaterThan(10);
		expect(plain.filter(mayBeSecret).map(({key}) => key)).toEqual([]);
	}
});
