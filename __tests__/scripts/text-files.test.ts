import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import swap from '../../src/commands/releases/swap.sh';
import sample from '../../src/sandbox/project/sample/2.3.0?files';
import {valueOf} from '../../scripts/text-files.ts';

const write = (path: string, text: string): string => {
	const root = mkdtempSync(join(tmpdir(), 'cockpit-text-'));
	onTestFinished(() => rmSync(root, {recursive: true}));
	const file = join(root, path);
	mkdirSync(dirname(file), {recursive: true});
	writeFileSync(file, text);
	return file;
};

test.each([
	{name: 'comments on top stay here', text: '# Why.\n#\n# Who.\n\nls\n# kept\n\nls\n', is: 'ls\n# kept\n\nls'},
	{name: 'a comment right above the first line goes along', text: '# kept\nls\n', is: '# kept\nls'},
	{name: 'a second block of comments goes along', text: '# Why.\n\n# kept\nls\n', is: '# kept\nls'},
	{name: 'nothing but a program', text: '\nls\n', is: 'ls'},
])('programs as text: $name', ({text, is}) => {
	expect(valueOf(write('src/commands/list.sh', text))).toBe(is);
});

test('programs as text: of JavaScript as well, and of no module of the product', () => {
	expect(valueOf(write('src/commands/list.cjs', '// Why.\n\nrequire("fs");\n'))).toBe('require("fs");');
	expect(valueOf(write('src/commands/list.ts', 'export {};'))).toBeUndefined();
	expect(valueOf(write('lib/list.cjs', 'exports.a = 1;'))).toBeUndefined();
});

test('files as text: every file below a folder, as it is', () => {
	const file = write('app/public/index.php', '<?php\n');
	writeFileSync(join(dirname(file), '.htaccess'), '# kept\n\n');

	expect(valueOf(`${dirname(dirname(file))}?files`)).toEqual({
		'public/.htaccess': '# kept\n\n',
		'public/index.php': '<?php\n',
	});
});

test('both are what an import is worth', () => {
	expect(swap).toContain('claim_to_swap "$1"');
	expect(sample['backend/artisan']).toMatch(/^#!\/usr\/bin\/env php\n/);
});
