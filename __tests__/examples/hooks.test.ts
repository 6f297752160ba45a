import {accessSync, constants, globSync, readFileSync} from 'node:fs';
import {basename} from 'node:path';
import {expect, test} from 'vitest';
import {parse} from 'yaml';
import {hooksSchema} from '../../src/config/environments/hooks-schema.ts';

const readme = readFileSync('examples/hooks/README.md', 'utf8');
const programs = globSync('examples/hooks/!(*.md)').map(path => basename(path));

type Shown = {readonly hooks: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>};

/** What is to be pasted for each program, by the section it stands in. */
const shown = [...readme.matchAll(/^## (\S+)\n[^]*?^```yaml\n([^]*?)^```$/gm)].map(([, name = '', yaml = '']) => ({
	name,
	...(parse(yaml) as Shown),
}));

test('examples: each program has a section with what to paste, and each section a program', () => {
	expect(programs.length).toBeGreaterThan(0);
	expect(shown.map(({name}) => name).toSorted()).toEqual(programs.toSorted());
});

test.each(shown)('examples: $name is pasted as it can be read, and may be executed', ({name, hooks}) => {
	accessSync(`examples/hooks/${name}`, constants.X_OK);
	expect(hooksSchema.safeParse(hooks)).toMatchObject({success: true});
	for (const list of Object.values(hooks)) {
		for (const hook of list) {
			expect(hook).toMatchObject({id: name, timeout: expect.stringMatching(/^\d+m$/)});
			expect(hook['run']).toEqual(expect.arrayContaining([expect.stringMatching(new RegExp(`/${name}$`))]));
		}
	}
});

test('examples: no snippet has a secret among its settings', () => {
	const settings = [...readme.matchAll(/\b([A-Z][A-Z\d]*_[A-Z\d_]*)=/g)].map(([, name = '']) => name);

	expect(settings.length).toBeGreaterThan(0);
	expect(settings.filter(name => /TOKEN|KEY|SECRET|PASS/.test(name))).toEqual([]);
});
