import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {isNobody, peopleAmong, type Identity} from '../../src/domain/people.ts';
import {reasonRefusal} from '../../src/domain/reason.ts';

const isOne = (one: string, other: string): boolean => peopleAmong([{name: one}, {name: other}])[1] === 0;

test.each([
	'ASHA RAO',
	'Asha  Rao',
	'asha.rao',
	'AshaRao',
	'Asha\u00A0Rao',
	'Asha\u2003Rao ',
	'\u0410sha Rao',
	'\u0410\u0455h\u0430 R\u0430\u043E',
	'\u0391sha Ra\u03BF',
	'\uFF21\uFF53\uFF48\uFF41 \uFF32\uFF41\uFF4F',
	'\u{1D400}sha Rao',
	'As\u200Dha\u200B Rao',
	'A\u00ADsha\u2060 Rao\uFE0F',
	'\u202EAsha Rao',
	'\u00C5sha R\u00E1o',
	'Asha Ra0',
])('people: %j is Asha Rao', name => expect(isOne('Asha Rao', name)).toBe(true));

test.each([
	['Alice', 'AIice'],
	['Alice', 'A1ice'],
	['Kim', '\u041A\u0456m'],
	['Neha', '\u039D\u0395\u0397\u0391'],
	['Marc', 'rnarc'],
	['\u0399\u03C9\u03AC\u03BD\u03BD\u03B7\u03C2', '\u0399\u03A9\u0386\u039D\u039D\u0397\u03A3'],
	['Stra\u00DFer', 'STRASSER'],
	['\u0130pek', 'ipek'],
])('people: %s and %s are one', (one, other) => expect(isOne(one, other)).toBe(true));

test.each([
	['Ravi', 'Rani'],
	['Jo', 'Joe'],
	['Asha Rao', 'Asha Roy'],
	['\u738B', '\u674E'],
	['\u0930\u0935\u093F', '\u0930\u093E\u0935\u093F'],
	['ci', 'Mei'],
])('people: %s and %s are two', (one, other) => expect(isOne(one, other)).toBe(false));

test.each(['', ' ', '.', '\u200B', '\u00AD\u2060', '---'])('people: %j is nobody', name =>
	expect(isNobody({name})).toBe(true),
);

const names = fc.constantFrom(
	'Ravi',
	'RAVI',
	'R\u0430vi',
	'Ra vi',
	'Asha',
	'asha',
	'\u0391sha',
	'Mei',
	'Jo',
	'J\u043E',
);
const identity: fc.Arbitrary<Identity> = fc
	.tuple(names, fc.constantFrom(undefined, 'SHA256:1', 'SHA256:2', 'SHA256:3', 'SHA256:4'))
	.map(([name, key]) => (key === undefined ? {name} : {name, key}));
const some = fc.array(identity, {minLength: 1, maxLength: 12});

/** The same question asked naively: who is reached from where over shared names and keys. */
const reached = (all: readonly Identity[], from: number): ReadonlySet<number> => {
	const found = new Set([from]);
	const grown = (): number =>
		all.findIndex(
			(one, index) =>
				!found.has(index) &&
				[...found].some(other => {
					const {name, key} = all[other] ?? one;
					return isOne(name, one.name) || (key !== undefined && key === one.key);
				}),
		);
	for (let next = grown(); next >= 0; next = grown()) found.add(next);
	return found;
};

describe('who is one person', () => {
	const seeded = {seed: 20_260_210, numRuns: 300} as const;

	test('is an equivalence: each is itself, both ways, and through whoever is in between', () => {
		fc.assert(
			fc.property(some, all => {
				const people = peopleAmong(all);
				expect(people).toHaveLength(all.length);
				for (const [index, person] of people.entries()) {
					expect(people[person]).toBe(person);
					expect(person).toBe(Math.min(...reached(all, index)));
				}
			}),
			seeded,
		);
	});

	test('does not depend on the order, and nobody more makes two of one', () => {
		fc.assert(
			fc.property(some, identity, (all, more) => {
				const people = peopleAmong(all);
				const turned = peopleAmong(all.toReversed()).toReversed();
				const grown = peopleAmong([...all, more]);
				for (const one of all.keys())
					for (const other of all.keys()) {
						const isSame = people[one] === people[other];
						expect(turned[one] === turned[other]).toBe(isSame);
						if (isSame) expect(grown[one]).toBe(grown[other]);
					}
			}),
			seeded,
		);
	});
});

describe('a reason', () => {
	test.each(['load test', 'P1: db', 'ravi', '\u0938\u093E\u0907\u091F \u092C\u0902\u0926'])('%j is one', reason =>
		expect(reasonRefusal(reason)).toBeUndefined(),
	);

	test.each([
		'',
		'  ',
		'.',
		'...',
		'a.',
		'\u200Ba\u200Bb\u200B',
		'-x long',
		'--reason',
		'two\nlines',
		'bell\u0007 and',
	])('%j is none', reason => expect(reasonRefusal(reason)).toBeDefined());

	test('what is not seen does not make it longer', () => {
		expect(reasonRefusal('down now', 10)).toContain('at least 10 characters');
		expect(reasonRefusal('down\u200B\u200B\u200B now', 10)).toContain('at least 10 characters');
		expect(reasonRefusal('logins fail', 10)).toBeUndefined();
	});
});
