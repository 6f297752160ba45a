import {createHash} from 'node:crypto';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {parseEnvFile} from '../../../src/domain/environments/env-file.ts';
import {
	fillTemplate,
	guessEnvironment,
	keptAs,
	lastKept,
	marked,
	markOf,
	notTakenOver,
} from '../../../src/domain/environments/working-values.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const entries = (text: string) => parseEnvFile(text).entries;
const at = Date.parse('2026-02-10T05:50:00.123Z');

test('working values: a template is written out with what the first source has, as it stood there', () => {
	const template = entries(
		'# about\nA=1 # one\n\nKEY=${secret:local/key}\nPORT=${value:local/port}\nLAST=${secret:local/last}\n',
	);
	const filled = fillTemplate(template, [
		{from: 'first', entries: entries('KEY=\nPORT=${value:local/port}')},
		{from: 'second', entries: entries('KEY="one\n two"\nOTHER=x')},
		{from: 'third', entries: entries('KEY=late\nPORT=3306')},
	]);

	expect(filled).toEqual({
		body: 'A=1\n\nKEY="one\n two"\nPORT=3306\nLAST=\n',
		filled: [
			{key: 'KEY', from: 'second', isSecret: true},
			{key: 'PORT', from: 'third', isSecret: false},
		],
		empty: ['LAST'],
	});
});

test('working values: a secret that is switched off is filled in, and none', () => {
	const {filled} = fillTemplate(entries('K=${secret:production/k}'), [{from: 'x', entries: entries('K=null')}]);

	expect(filled).toEqual([{key: 'K', from: 'x', isSecret: false}]);
});

test('working values: a marked file is known again, and whether a hand was at it', () => {
	const text = marked('A=1\n', {environment: 'preprod', at, sha256});

	expect(markOf(text, sha256)).toEqual({
		environment: 'preprod',
		at: Date.parse('2026-02-10T05:50:00Z'),
		isAsWritten: true,
		body: 'A=1\n',
	});
	expect(markOf(`${text}B=2\n`, sha256)).toMatchObject({environment: 'preprod', isAsWritten: false});
	expect(markOf('A=1\n', sha256)).toBeUndefined();
});

const templates = [
	{name: 'local', entries: entries('NAME=Q\nENV=local\nURL=//localhost\nKEY=${secret:local/key}')},
	{name: 'preprod', entries: entries('NAME=Q\nENV=staging\nURL=//preprod\nKEY=${secret:preprod/key}')},
];

test.each([
	['NAME=Q\nENV=local\nURL=//localhost\nKEY=x', 'local'],
	['NAME=Q\nENV=staging\nURL=//preprod', 'preprod'],
	['NAME=Q\nENV=local\nURL=//preprod', undefined],
	['NAME=Q\nENV=local\nURL=//other', undefined],
	['', undefined],
])('working values: %j looks like %s', (text, name) => {
	expect(guessEnvironment(text, templates)).toBe(name);
});

test('working values: names of kept files take turns, and the last one is found', () => {
	const names: string[] = ['.env', '.env.kept-preprod-20270101_000000.local', '.env.kept-local-nonsense.local'];
	for (let count = 0; count < 12; count++) names.push(keptAs('local', at, names));

	expect(names.slice(3, 5)).toEqual([
		'.env.kept-local-20260210_055000.local',
		'.env.kept-local-20260210_055000_2.local',
	]);
	expect(new Set(names).size).toBe(names.length);
	expect(lastKept(names, 'local')).toBe('.env.kept-local-20260210_055000_12.local');
	expect(lastKept([...names, '.env.kept-local-20260210_055001.local'], 'local')).toMatch(/55001/);
	expect(lastKept(names, 'production')).toBeUndefined();
});

test('working values: what a hand had changed or added is named', () => {
	expect(notTakenOver('A=1\nB=2\nC=3\n', 'A=1\nB=other\nD=4\n')).toEqual(['B', 'C']);
});

const name = fc
	.string({unit: fc.constantFrom('A', 'B', 'C', '_', '1'), minLength: 1, maxLength: 4})
	.map(text => `K${text}`);
const raw = fc.oneof(
	fc.constantFrom('', '1', 'a/b:c', '${secret:local/x}', '"${OTHER}/x"', "'it # is'"),
	fc.string({unit: fc.constantFrom('a', ' ', '#', '\n', '$', "'", '='), maxLength: 8}).map(text => `"${text}"`),
	fc.string({unit: fc.constantFrom('b', ' ', '#', '"', '\\', '$'), maxLength: 8}).map(text => `'${text}'`),
);
const file = fc
	.array(fc.tuple(name, raw, fc.constantFrom('', '\n', '# note\n')), {maxLength: 10})
	.map(lines =>
		[...new Map(lines.map(line => [line[0], line])).values()]
			.map(([key, text, before]) => `${before}${key}=${text}\n`)
			.join(''),
	);

test('working values: what is written parses back to the same entries', () => {
	fc.assert(
		fc.property(file, file, (template, source) => {
			const wanted = entries(template);
			const from = entries(source);
			const {body} = fillTemplate(wanted, [{from: 'source', entries: from}]);
			const text = marked(body, {environment: 'local', at, sha256});
			const read = parseEnvFile(text);

			expect(read.faults).toEqual([]);
			expect(read.entries.map(({key, value, quote}) => ({key, value, quote}))).toEqual(
				wanted.map(({key, value, quote}) => {
					if (!value.includes('${secret:')) return {key, value, quote};
					const found = from.findLast(one => one.key === key);
					return found && !found.value.includes('${secret:') && found.value !== ''
						? {key, value: found.value, quote: found.quote}
						: {key, value: '', quote: 'none'};
				}),
			);
			expect(markOf(text, sha256)?.isAsWritten).toBe(true);
		}),
		{seed: 20_260_210, numRuns: 300},
	);
});
