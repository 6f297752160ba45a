import fc from 'fast-check';
import {expect, test} from 'vitest';
import {program, quote, renderCommand} from '../../src/commands/shell.ts';
import {anyCharacter} from '../support/any-character.ts';
import {isDeep} from '../support/depth.ts';
import {outputOf} from '../support/run-program.ts';

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
/** What `printf` gets of each list of arguments, all lists by one sh. */
const echoBack = async (lists: readonly (readonly string[])[]): Promise<readonly (readonly string[])[]> => {
	const lines = lists.map(values =>
		renderCommand({argv: ['printf', String.raw`%s\0`, String(values.length), ...values]}),
	);
	const words = (await outputOf(['sh', '-c', lines.join('\n')])).split('\0').slice(0, -1);
	const found: (readonly string[])[] = [];
	while (words.length > 0) found.push(words.splice(0, Number(words.shift())));
	return found;
};

test('quote: odd words come back unchanged from a real sh', async () => {
	expect(await echoBack([nasty])).toEqual([nasty]);
	expect(await outputOf(['sh', '-c', `printf '%s' ${nasty.map(quote).join('')}`])).toBe(nasty.join(''));
});

test('quote: any list of arguments comes back unchanged from a real sh', async () => {
	const argument = fc
		.string({unit: anyCharacter, maxLength: 40})
		.filter(value => !value.includes('\0') && value.isWellFormed());
	const lists = fc.array(fc.array(argument, {minLength: 1, maxLength: 8}), {minLength: 20, maxLength: 30});

	await fc.assert(
		fc.asyncProperty(lists, async values => {
			expect(await echoBack(values)).toEqual(values);
		}),
		isDeep ? {numRuns: 200} : {numRuns: 8, seed: 1},
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

test('program: data stays data', async () => {
	const command = program('say it', 'printf "%s" "$1"', ['$(id); rm -rf /']);

	expect(await outputOf(['sh', '-c', renderCommand(command)])).toBe('$(id); rm -rf /');
});
