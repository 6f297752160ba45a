import {createHash} from 'node:crypto';
import {
	chmodSync,
	lstatSync,
	mkdirSync,
	readFileSync,
	readdirSync,
	readlinkSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {listTree, matches, parseTreeListing, type ListedFile} from '../../src/commands/tree-listing.ts';
import {isExcluded} from '../../src/domain/environments/excludes.ts';
import {isDeep} from '../support/depth.ts';
import {createHostDirectory, me} from './host-directory.ts';

const hash = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** The same by Node alone, the exclusion rule taken from the domain. */
const naiveWalk = (root: string, excludes: readonly string[], below = ''): [string, ListedFile][] =>
	readdirSync(join(root, below)).flatMap((name): [string, ListedFile][] => {
		const path = below === '' ? name : `${below}/${name}`;
		if (isExcluded(path, excludes)) return [];
		const stats = lstatSync(join(root, path));
		if (stats.isDirectory()) return naiveWalk(root, excludes, path);
		const mode = stats.mode & 0o7777;
		if (stats.isSymbolicLink())
			return [[path, {type: 'l', mode, sha256: undefined, target: readlinkSync(join(root, path))}]];
		return [[path, {type: 'f', mode, sha256: hash(readFileSync(join(root, path))), target: ''}]];
	});

/** Names a shell, a terminal, find, xargs or tar could take for something else. */
const oddName = fc.oneof(
	fc.constantFrom(
		'a',
		'b',
		'-rf',
		'--',
		'-',
		'*',
		'?[a]',
		'[!x]',
		'with space',
		' ',
		'x\n',
		'\n',
		"it's",
		'"q"',
		'$(id)',
		'`id`',
		'back\\slash',
		'\\n',
		'tab\t',
		'ümlaut ☃',
		'\u{1F600}',
		'\u001B[31mred',
		'\u0001',
		'vendor',
		'~',
		'#',
		'!',
		'%s',
		'&;|',
	),
	fc
		.string({minLength: 1, maxLength: 12, unit: 'grapheme'})
		.filter(
			name =>
				!/[/\0]/.test(name) &&
				name !== '.' &&
				name !== '..' &&
				name.isWellFormed() &&
				Buffer.byteLength(name) < 200,
		),
);
const oddTree = fc.uniqueArray(
	fc.record({
		path: fc.array(oddName, {minLength: 1, maxLength: 3}).map(parts => parts.join('/')),
		content: fc.string({maxLength: 20}),
		kind: fc.constantFrom('file', 'program', 'link'),
	}),
	{minLength: 1, maxLength: 30, selector: ({path}) => path},
);

test('tree listing: what sh, find and sha256sum print is what a naive walk finds, whatever the names', async () => {
	await using host = createHostDirectory();
	let count = 0;
	await fc.assert(
		fc.asyncProperty(oddTree, fc.array(fc.tuple(oddName, fc.boolean()), {maxLength: 3}), async (tree, names) => {
			const root = join(host.root, `tree ${count++}`);
			mkdirSync(root);
			for (const {path, content, kind} of tree) {
				const file = join(root, path);
				try {
					mkdirSync(dirname(file), {recursive: true});
					if (kind === 'link') symlinkSync(content === '' ? 'x' : content.replaceAll('\0', '0'), file);
					else writeFileSync(file, content, {mode: kind === 'program' ? 0o750 : 0o640});
				} catch {
					// A name that is a file already cannot be a directory too.
				}
			}
			const excludes = [...names.map(([name, isDeep]) => (isDeep ? `**/${name}` : name)), 'vendor'];

			const listed = parseTreeListing(await host.ok(listTree(root, {as: me, excludes})));

			expect(listed).toEqual(new Map(naiveWalk(root, excludes)));
		}),
		isDeep ? {numRuns: 200} : {numRuns: 10, seed: 1},
	);
});

test('tree listing: an empty directory, and one that is not there', async () => {
	await using host = createHostDirectory();
	mkdirSync(join(host.root, 'empty'));

	expect(parseTreeListing(await host.ok(listTree('empty', {as: me, excludes: []}))).size).toBe(0);
	expect((await host.run(listTree('gone', {as: me, excludes: []}))).code).not.toBe(0);
});

test('tree listing: output that was cut is refused, at every byte of the first half', async () => {
	await using host = createHostDirectory();
	writeFileSync(join(host.root, 'a'), '1');
	writeFileSync(join(host.root, 'b\nc'), '2');
	const text = await host.ok(listTree(host.root, {as: me, excludes: ['.bin']}));
	const end = text.indexOf('\0\0\0\0');

	expect(end).toBeGreaterThan(0);
	for (let length = 0; length < end; length++)
		expect(() => parseTreeListing(text.slice(0, length)), String(length)).toThrow('is cut, or is no answer');
});

test.each([
	{
		case: 'same content',
		entry: {mode: '100644', content: 'x'},
		file: {type: 'f', mode: 0o644, content: 'x'},
		is: true,
	},
	{
		case: "group write is not git's business",
		entry: {mode: '100644', content: 'x'},
		file: {type: 'f', mode: 0o664, content: 'x'},
		is: true,
	},
	{
		case: 'other content',
		entry: {mode: '100644', content: 'x'},
		file: {type: 'f', mode: 0o644, content: 'y'},
		is: false,
	},
	{
		case: 'executable bit lost',
		entry: {mode: '100755', content: 'x'},
		file: {type: 'f', mode: 0o644, content: 'x'},
		is: false,
	},
	{
		case: 'executable bit gained',
		entry: {mode: '100644', content: 'x'},
		file: {type: 'f', mode: 0o744, content: 'x'},
		is: false,
	},
	{
		case: 'link in place of a file',
		entry: {mode: '100644', content: 'x'},
		file: {type: 'l', mode: 0o777, content: 'x'},
		is: false,
	},
	{
		case: 'file in place of a link',
		entry: {mode: '120000', content: 'x'},
		file: {type: 'f', mode: 0o644, content: 'x'},
		is: false,
	},
	{case: 'same link', entry: {mode: '120000', content: 'x'}, file: {type: 'l', mode: 0o777, content: 'x'}, is: true},
	{
		case: 'link to elsewhere',
		entry: {mode: '120000', content: 'x'},
		file: {type: 'l', mode: 0o777, content: 'y'},
		is: false,
	},
] as const)('match: $case', ({entry, file, is}) => {
	const listed: ListedFile =
		file.type === 'l'
			? {type: 'l', mode: file.mode, sha256: undefined, target: file.content}
			: {type: 'f', mode: file.mode, sha256: hash(file.content), target: ''};

	expect(matches({mode: entry.mode, sha256: hash(entry.content)}, listed, hash)).toBe(is);
	expect(matches({mode: entry.mode, sha256: hash(entry.content)}, undefined, hash)).toBe(false);
});

test('tree listing: modes beyond the usual bits are kept', async () => {
	await using host = createHostDirectory();
	writeFileSync(join(host.root, 'setuid'), '');
	chmodSync(join(host.root, 'setuid'), 0o4755);

	expect(parseTreeListing(await host.ok(listTree(host.root, {as: me, excludes: ['.bin']}))).get('setuid')?.mode).toBe(
		0o4755,
	);
});
