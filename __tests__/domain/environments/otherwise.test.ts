import {expect, test} from 'vitest';
import {otherwiseIn} from '../../../src/domain/environments/excludes.ts';

const one = {
	source: '/src/backend',
	excludes: ['vendor', 'tests'],
	shared: {files: ['.env'], directories: ['uploads']},
};

test.each([
	{other: one, keys: []},
	{other: {...one, excludes: ['tests', 'vendor']}, keys: []},
	{other: {...one, excludes: ['vendor']}, keys: ['excludes']},
	{other: {...one, source: '/src/api'}, keys: ['source']},
	{
		other: {...one, shared: {files: [], directories: ['uploads', 'tmp']}},
		keys: ['shared.files', 'shared.directories'],
	},
	{other: undefined, keys: []},
])('what makes another build of one commit is named by its keys: $keys', ({other, keys}) => {
	expect(otherwiseIn(one, other)).toEqual(keys);
});
