import {execFileSync} from 'node:child_process';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {program, quote, renderCommand} from '../../src/commands/shell.ts';

const nasty = [
	'',
	' ',
	"it's",
	'$(id)',
	'`id`',
	'a\nb',
	'-rf',
	'--',
	'*',
	'~',
	'"',
	'\\',
	'!x',
	'a;b',
	'é ü 日本',
	'\u001B[31m',
	"'\\''",
	'$HOME',
	'&',
	'|',
	'>x',
	'#',
];
const echoBack = (line: string): string => execFileSync('sh', ['-c', line], {encoding: 'utf8'});

test.each(nasty)('quote: %j comes back unchanged from a real sh', value => {
	expect(echoBack(`printf '%s' ${quote(value)}`)).toBe(value);
});

test('quote: any list of arguments comes back unchanged from a real sh', () => {
	const argument = fc
		.string({unit: 'binary', maxLength: 40})
		.filter(value => !value.includes('\0') && value.isWellFormed());

	fc.assert(
		fc.property(fc.array(argument, {minLength: 1, maxLength: 8}), values => {
			const line = renderCommand({argv: ['printf', String.raw`%s\0`, ...values]});
			expect(echoBack(line).split('\0').slice(0, -1)).toEqual(values);
		}),
		{numRuns: 200},
	);
});

test('quote: refuses NUL', () => {
	expect(() => quote('a\0b')).toThrow(TypeError);
});

test('renderCommand: sudo never prompts, the environment is set behind it', () => {
	expect(
		renderCommand({argv: ['composer', 'install'], as: 'www-data', environment: {COMPOSER_HOME: '/tmp/a b'}}),
	).toBe(`sudo -n -u www-data -- env 'COMPOSER_HOME=/tmp/a b' composer install`);
});

test('program: data stays data', () => {
	const command = program('say it', 'printf "%s" "$1"', ['$(id); rm -rf /']);

	expect(echoBack(renderCommand(command))).toBe('$(id); rm -rf /');
});
