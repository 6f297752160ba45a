import {expect, test} from 'vitest';
import {commitsBetween} from '../../../../src/services/local/git/commits-between.ts';
import {createTemporaryRepository} from '../temporary-repository.ts';

test('commits: those of the app that the live commit has not, newest first, by its short name', async () => {
	using repository = createTemporaryRepository();
	const live = await repository.commit({'app/a': '1'}, 'one');
	await repository.commit({'other/b': '1'}, 'elsewhere');
	const last = await repository.commit({'app/a': '2'}, 'two\n\nwith a body');
	const range = await commitsBetween({directory: `${repository.path}/app`, from: live.slice(0, 7), to: 'HEAD'});

	expect(range).toEqual({
		behind: 0,
		commits: [{commit: last, author: 'Asha', at: Date.parse('2026-02-07T10:00:00+05:30'), subject: 'two'}],
	});
});

test('commits: an older build says how many it takes back', async () => {
	using repository = createTemporaryRepository();
	const old = await repository.commit({a: '1'});
	await repository.commit({a: '2'});
	const live = await repository.commit({a: '3'});

	expect(await commitsBetween({directory: repository.path, from: live, to: old})).toEqual({commits: [], behind: 2});
});

test('commits: without a live commit the last ones; undefined for one that is not here or is no commit', async () => {
	using repository = createTemporaryRepository();
	await repository.commit({a: '1'}, 'one');
	await repository.commit({a: '2'}, 'two');
	const subjects = (await commitsBetween({directory: repository.path, to: 'HEAD'}))?.commits.map(
		({subject}) => subject,
	);

	expect(subjects).toEqual(['two', 'one']);
	expect(await commitsBetween({directory: repository.path, from: 'abcdef1', to: 'HEAD'})).toBeUndefined();
	expect(await commitsBetween({directory: repository.path, from: '--all', to: 'HEAD'})).toBeUndefined();
	await expect(commitsBetween({directory: repository.path, to: 'nowhere'})).rejects.toMatchObject({code: 'blocked'});
});
