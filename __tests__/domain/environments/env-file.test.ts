import fc from 'fast-check';
import {expect, test} from 'vitest';
import {parseEnvFile} from '../../../src/domain/environments/env-file.ts';
import {anyCharacter} from '../../support/any-character.ts';
import {isDeep} from '../../support/depth.ts';

const entry = (line: string) => parseEnvFile(line).entries[0];

test.each([
	['A=1', {value: '1', raw: '1', quote: 'none'}],
	['A=', {value: '', raw: '', quote: 'none'}],
	['A= # nothing', {value: '', raw: '', quote: 'none', comment: 'nothing'}],
	['A=#x', {value: '', raw: '', quote: 'none', comment: 'x'}],
	['A=1   # one', {value: '1', raw: '1', quote: 'none', comment: 'one'}],
	['  A = 1  ', {value: '1', raw: '1', column: 3}],
	['export A=1', {value: '1', column: 8}],
	["A='x # y'", {value: 'x # y', raw: "'x # y'", quote: 'single'}],
	["A='a\\nb'", {value: 'a\\nb', quote: 'single'}],
	['A="x y" # z', {value: 'x y', raw: '"x y"', quote: 'double', comment: 'z'}],
	['A="a\\"b\\\\c\\nd"', {value: 'a"b\\c\nd', quote: 'double'}],
	['A="${B}/x"', {value: '${B}/x', quote: 'double'}],
	['A=http://x/?a=b&c=d', {value: 'http://x/?a=b&c=d'}],
	['A=1\r', {value: '1'}],
	['\uFEFFA=1', {value: '1', column: 1}],
])('.env file: %j', (line, expected) => {
	expect(parseEnvFile(line).faults).toEqual([]);
	expect(entry(line)).toMatchObject({key: 'A', line: 1, ...expected});
});

test('.env file: a value in double quotes may run over lines, and what follows keeps its line', () => {
	const {entries, faults} = parseEnvFile('A="one\ntwo"\r\nB=2\n');

	expect(faults).toEqual([]);
	expect(entries.map(({key, line, value}) => ({key, line, value}))).toEqual([
		{key: 'A', line: 1, value: 'one\ntwo'},
		{key: 'B', line: 3, value: '2'},
	]);
});

test.each([
	['A', 1, 'is not KEY=value'],
	['1A=2', 1, 'is not KEY=value'],
	['A-B=2', 1, 'is not KEY=value'],
	[' A="x', 2, 'A has no closing quote'],
	["A='x", 1, 'A has no closing quote'],
	['A= "x', 1, 'A has no closing quote'],
	['A=x y', 1, 'A has more text after its value'],
	['A="x"y', 1, 'A has more text after its value'],
	['A=pass#word', 1, 'A has more text after its value'],
])('.env file: %j is a fault, and the next line is read', (line, column, problem) => {
	const {entries, faults} = parseEnvFile(`${line}\nNEXT=1\n`);

	expect(faults).toEqual([{line: 1, column, problem, fix: expect.any(String)}]);
	expect(entries.map(({key, line}) => ({key, line}))).toEqual([{key: 'NEXT', line: 2}]);
});

test('.env file: comments and duplicates are kept with their lines', () => {
	const file = parseEnvFile('# first\n\nA=1\n  #second\nB=1\nA=2\n');

	expect(file.comments).toEqual([
		{line: 1, text: 'first'},
		{line: 4, text: 'second'},
	]);
	expect(file.duplicates).toEqual([{key: 'A', lines: [3, 6]}]);
	expect(file.entries).toHaveLength(3);
});

test('.env file: any text is read without an exception, each line once', () => {
	const piece = fc.oneof(
		fc.string({unit: anyCharacter}),
		fc.constantFrom('\n', 'A=', '"', "'", '#', ' ', '\\', '\r', '${B}', 'export '),
	);
	fc.assert(
		fc.property(
			fc.array(piece).map(pieces => pieces.join('')),
			text => {
				const {entries, comments, faults} = parseEnvFile(text);
				const lines = [...entries, ...comments, ...faults].map(({line}) => line);

				expect(new Set(lines).size).toBe(lines.length);
				expect(Math.max(0, ...lines)).toBeLessThanOrEqual(text.split('\n').length);
			},
		),
		isDeep ? {numRuns: 20_000} : {numRuns: 2000, seed: 1},
	);
});
