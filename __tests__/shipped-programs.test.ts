import {readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';

const hooks = readdirSync('examples/hooks')
	.filter(name => !name.endsWith('.md'))
	.map(name => join('examples/hooks', name));
const programs = ['bin/cockpit', ...hooks];

test('shipped programs: each may be executed', () => {
	expect(hooks.length).toBeGreaterThan(0);
	expect(programs.filter(file => (statSync(file).mode & 0o111) !== 0o111)).toEqual([]);
});

test('shipped programs: the first line names what runs them', () => {
	expect(programs.filter(file => !readFileSync(file, 'utf8').startsWith('#!/bin/sh\n'))).toEqual([]);
});

test('shipped programs: hooks end at the first command that fails', () => {
	expect(hooks.filter(file => !/^set -eu$/m.test(readFileSync(file, 'utf8')))).toEqual([]);
});
