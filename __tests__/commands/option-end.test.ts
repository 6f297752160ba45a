import {globSync, readFileSync} from 'node:fs';
import {expect, test} from 'vitest';

/** What takes paths, and would take one that begins with a dash as an option. */
const tools =
	'rm|mv|cp|ln|cat|tail|head|touch|chmod|chown|mkdir|rmdir|readlink|stat|basename|dirname|truncate|sync|mktemp|mkfifo|gzip|cmp';
const call = new RegExp(`(?:^|[\\s;&|({!])(?:${tools})(?= )([^;&|\\n]*)`, 'gm');

const isVariable = (word: string): boolean => /^"?\$(?!\(\()/.test(word);

/** The value of an option that takes one: a directory, a count. */
const isOfOption = (before: string | undefined): boolean => /^-[tscn]$/.test(before ?? '');

/** Calls with a variable as an argument and nothing that ends the options before it. */
const openCalls = (text: string): readonly string[] =>
	[...text.replaceAll(/^\s*#.*$/gm, '').matchAll(call)].flatMap(([whole, rest = '']) => {
		const words = rest.replaceAll(/[0-9]*[<>]+\s*(?:"[^"]*"|\S+)/g, '').match(/"[^"]*"|\S+/g) ?? [];
		const end = words.findIndex(word => /^--'?$/.test(word));
		const options = end < 0 ? words : words.slice(0, end);
		return options.some((word, at) => isVariable(word) && !isOfOption(options[at - 1])) ? [whole.trim()] : [];
	});

/** Modes and owners in front of what find has found, which begins with `.`; and words of a sentence. */
const excepted = [
	'truncate -s "$(head -n ',
	'chmod "$2" {} +',
	'chmod "$3" {} +',
	'chmod "$4" {} +',
	'chmod "$directories" {} +',
	'chmod "$programs" {} +',
	'chmod "$files" {} +',
	`chmod o-w {} +' modes "$directory"`,
	'chown -h "$(id -u):$(id -g)" {} +',
	'chown -h "$owner:$group" -- "$path"',
	String.raw`gzip says %s\n' "$words"`,
];

test('programs: paths in variables stand behind --, so that none is read as an option', () => {
	const found = globSync('src/commands/**/*.sh', {cwd: `${import.meta.dirname}/../..`}).flatMap(file =>
		openCalls(readFileSync(`${import.meta.dirname}/../../${file}`, 'utf8')).map(line => `${file}: ${line}`),
	);

	expect(found.filter(line => !excepted.some(one => line.includes(one)))).toEqual([]);
});

test('programs: the rule sees what it is for', () => {
	expect(openCalls('rm -rf "$1"\nmv -- "$a" "$b"\n[ -e x ] && cat "$file" | wc\ncat >"$part"\n# rm "$x"\n')).toEqual([
		'rm -rf "$1"',
		'&& cat "$file"'.slice(3),
	]);
});
