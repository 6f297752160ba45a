import {expect, test} from 'vitest';
import {hookVariables, keptFrom, keptIn, notKeptFrom} from '../../../src/domain/environments/hooks.ts';

test('hooks: facts become variables by their names', () => {
	expect(hookVariables({startedAt: 'x', run: 'y', attempt: 2})).toEqual({
		COCKPIT_STARTED_AT: 'x',
		COCKPIT_RUN: 'y',
		COCKPIT_ATTEMPT: '2',
	});
});

test('hooks: what they ask to be kept is cleaned, masked, and at most so much', () => {
	const lines = [
		'about to snapshot',
		'cockpit-keep database-snapshot=pre-1',
		'cockpit-keep database-restore=aws rds restore --x=1',
		'cockpit-keep note=a\u001B[31mb password=hunter22',
		'cockpit-keep database-snapshot=pre-2',
		'cockpit-keep Bad=1',
		'cockpit-keep empty=',
		' cockpit-keep behind=1',
		`cockpit-keep long=${'x'.repeat(500)}`,
		`cockpit-keep longer=${'x'.repeat(501)}`,
	];
	expect(keptFrom(lines)).toEqual({
		'database-snapshot': 'pre-2',
		'database-restore': 'aws rds restore --x=1',
		note: 'ab password=***',
		long: 'x'.repeat(500),
	});
	const many = Array.from({length: 30}, (_, index) => `cockpit-keep n-${index}=1`);
	expect(Object.keys(keptFrom(many))).toHaveLength(20);
	expect(notKeptFrom(lines)).toEqual(['longer is not kept: it is longer than 500 characters']);
	expect(notKeptFrom(many.slice(0, 21))).toEqual(['n-20 is not kept: 20 values are, and no more']);
	expect(keptIn({'database-restore': 'x'.repeat(501), short: 'a'})).toEqual({short: 'a'});
});

test('hooks: of what a host has, only texts are kept', () => {
	expect(keptIn({a: 'b\u0007', c: 1, d: {e: 'f'}})).toEqual({a: 'b'});
	for (const value of [undefined, null, 'text', ['a']]) expect(keptIn(value)).toEqual({});
});
