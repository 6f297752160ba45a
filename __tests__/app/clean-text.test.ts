import {createHash} from 'node:crypto';
import {expect, test} from 'vitest';
import {cleanText} from '../../src/app/clean-text.ts';
import {withoutSecrets} from '../../src/domain/logs/mask.ts';
import {sanitise} from '../../src/domain/sanitise.ts';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

test('clean text: what comes again is cleaned as it was the first time, and so is what is too long to be kept', () => {
	const texts = [
		'plain',
		'a\u001B[31mred\u0007 bell',
		'zero\u200Bwidth',
		'over\rwritten',
		'DB_PASSWORD=hunter2secret',
		`note ${'x'.repeat(300)} DB_PASSWORD=hunter2secret`,
		`${hashOf('a')} token=${hashOf('b')}`,
	];
	const wanted = texts.map(text => withoutSecrets(sanitise(text)));
	expect(wanted.join()).not.toContain('hunter2');
	for (let round = 0; round < 3; round += 1) expect(cleanText(texts)).toEqual(wanted);
});

test('clean text: more texts than are kept are cleaned all the same', () => {
	const secret = (index: number): string => `DB_PASSWORD=hunter${index}secret`;
	for (let index = 0; index < 21_000; index += 1) cleanText(`text ${index}`);
	expect(cleanText([secret(1), 'text 1', secret(2)])).toEqual(['DB_PASSWORD=***', 'text 1', 'DB_PASSWORD=***']);
});

test('clean text: no digest is touched by any rule, as nothing is looked for in one', () => {
	for (let index = 0; index < 2000; index += 1)
		for (const digest of [hashOf(`${index}`), hashOf(`${index}`).slice(0, 40)])
			expect(withoutSecrets(sanitise(digest))).toBe(digest);
});

test('clean text: what holds nothing stays the value it is, and what does is another one', () => {
	const clean = {type: 'x', data: {builds: {backend: hashOf('b')}, list: ['a', 1, null, true]}};
	const marked = {type: 'x', data: {note: 'a\u0007b', list: ['a', {deep: 'c\u0007d'}]}};
	expect(cleanText(clean)).toBe(clean);
	expect(cleanText(marked)).toEqual({type: 'x', data: {note: 'ab', list: ['a', {deep: 'cd'}]}});
	expect(marked.data.note).toBe('a\u0007b');
});
