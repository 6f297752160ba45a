import {expect, test} from 'vitest';
import {around, asUser, program, renderCommand} from '../../src/commands/shell.ts';

test('a program of several pieces: each behind the one before, and nothing around them', () => {
	expect(program('say it', ['first', '\nsecond\n'], ['a b']).argv).toEqual([
		'sh',
		'-c',
		'first\n\nsecond',
		'say-it',
		'a b',
	]);
});

test('as a user: sudo asks for nothing, and nothing of it is there for the SSH user', () => {
	expect(asUser({argv: ['ls', '-l'], as: 'www-data'})).toEqual(['sudo', '-n', '-u', 'www-data', '--', 'ls', '-l']);
	expect(asUser({argv: ['ls', '-l']})).toEqual(['ls', '-l']);
	expect(renderCommand({argv: ['ls'], as: 'root', environment: {A: '1 2'}, to: 'x'})).toBe(
		"sudo -n -u root -- env 'A=1 2' ls >x",
	);
});

test('around a command: its words come last, with its user; its name and its rights stay', () => {
	const inner = {argv: ['cp', 'a', 'b'] as const, as: 'app', label: 'copy it', sudo: ['root: mv'], input: 'x'};

	expect(around(inner, '"$@"', ['one'])).toEqual({
		argv: ['sh', '-c', '"$@"', 'copy-it', 'one', 'sudo', '-n', '-u', 'app', '--', 'cp', 'a', 'b'],
		label: 'copy it',
		sudo: ['root: mv', 'app: cp'],
		input: 'x',
	});
	expect(around({argv: ['cp', 'a', 'b']}, '"$@"')).toEqual({
		argv: ['sh', '-c', '"$@"', 'cp', 'cp', 'a', 'b'],
		label: 'cp',
	});
});
