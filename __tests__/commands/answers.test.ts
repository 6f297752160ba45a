import {expect, test} from 'vitest';
import {answersIn} from '../../src/commands/answers.ts';
import {parseHostFacts} from '../../src/commands/host/host-facts.ts';

test('answers: by name, in their order; a name that only begins like another is another', () => {
	const {all, one, figure} = answersIn('has a\nhas-not b\nhas c d\nhas\nsize 12 KiB\n', ' ');

	expect(all('has')).toEqual(['a', 'c d']);
	expect(one('has')).toBe('a');
	expect(one('none')).toBeUndefined();
	expect(figure('size')).toBe(12);
	expect(figure('none')).toBeNaN();
});

test('answers: a value keeps what stands between names and values', () => {
	expect(answersIn('escape\ta\tb').all('escape')).toEqual(['a\tb']);
});

test('answers: of words that a program may print any other is an error', () => {
	const {word} = answersIn('layout\treleases\nlayout\tnone\nother\tx\n');

	expect(word('layout', ['releases', 'none'])).toBe('releases');
	expect(word('missing', ['releases'])).toBeUndefined();
	expect(() => word('other', ['releases'])).toThrow('answered other "x"');
});

test('host facts: a layout that no program of ours prints is an error, not a host without an app', () => {
	expect(parseHostFacts('time\t1770700000\nlayout\tempty\nmanifest\n').layout).toBe('empty');
	expect(() => parseHostFacts('time\t1770700000\nlayout\treleased\nmanifest\n')).toThrow('layout "released"');
});
