import {expect, test} from 'vitest';
import {Fault} from '../../../src/config/problem.ts';
import {readAppPath, readHostPath, readLogPath, readStateDirectory} from '../../../src/config/yaml/fields.ts';

const readers = {readAppPath, readHostPath, readLogPath, readStateDirectory};

test.each(Object.entries(readers))(
	'paths: %s refuses what a program reads as an option, or as two lines',
	(_, read) => {
		for (const bad of ['-rf', '--', '-rf/cockpit', 'a\nb', '/a\nb', '-\n'])
			expect(read(bad), JSON.stringify(bad)).toBeInstanceOf(Fault);
	},
);

test.each([
	[readAppPath, 'storage/app-2'],
	[readHostPath, '/srv/-odd'],
	[readLogPath, '/var/log/app-*.log'],
	[readStateDirectory, '.cockpit/my-shop'],
])('paths: a dash within a name is part of it, in %o', (read, good) => {
	expect(read(good)).toBe(good);
});
