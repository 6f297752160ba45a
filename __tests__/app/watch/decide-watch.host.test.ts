import {expect, test} from 'vitest';
import {acceptWatch, extendWatch} from '../../../src/app/watch/decide-watch.ts';
import {beginWatches} from '../../../src/app/watch/begin-watch.ts';
import {watchTerms} from '../../../src/domain/environments/watched.ts';
import {watchesIn} from '../../../src/domain/watch/watches.ts';
import {shellHosts} from '../shell-hosts.ts';

const finished = {
	type: 'deploy.finished',
	actor: {name: 'Ravi', machine: 'm'},
	data: {run: 'r1', app: 'backend', release: 'x-r1', build: {commit: '7f3a9c2', digest: 'd'.repeat(64)}},
};
const changed = (trigger: string, state: string) => ({
	type: 'watch.changed',
	actor: {name: 'Ravi', machine: 'm'},
	data: {run: 'r1', app: 'backend', trigger, state, text: 'API not 200: 502, 2 in a row'},
});

test('watch accept: what stands fired by the ledger, for a reason, once', async () => {
	await using hosts = await shellHosts();
	const {services, to: environment} = hosts;
	const accept = () => acceptWatch(services, {environment, reason: 'import runs until noon'});
	await expect(accept()).rejects.toMatchObject({
		code: 'blocked',
		why: expect.stringContaining('no watch is on') as unknown,
	});

	await hosts.append('production', finished);
	await expect(accept()).rejects.toMatchObject({why: 'no trigger stands fired, and nothing is worse'});
	await hosts.append('production', changed('down', 'fired'));
	await hosts.append('production', changed('slow', 'fired'));
	await hosts.append('production', changed('slow', 'quiet'));
	expect((await accept()).accepted).toEqual(['down']);
	await expect(accept()).rejects.toMatchObject({why: 'no trigger stands fired, and nothing is worse'});

	const {entries} = await services.ledgers.read(environment);
	expect(entries.at(-1)).toMatchObject({
		type: 'watch.accepted',
		data: {
			run: 'r1',
			app: 'backend',
			probes: ['down'],
			titles: ['API not 200'],
			reason: 'import runs until noon',
		},
	});
});

test('watch accept: one that ended bad, once, until something else is made live', async () => {
	await using hosts = await shellHosts();
	const {services, to: environment} = hosts;
	const accept = () => acceptWatch(services, {environment, reason: 'import runs until noon'});
	const ended = {...finished, type: 'watch.finished', data: {run: 'r1', app: 'backend', outcome: 'bad'}};
	await hosts.append('production', finished);
	await hosts.append('production', changed('down', 'fired'));
	hosts.time.production += 31 * 60_000;
	await hosts.append('production', ended);
	const {watch, accepted} = await accept();
	expect([watch.ended?.outcome, accepted]).toEqual(['bad', ['down']]);
	await expect(accept()).rejects.toMatchObject({
		why: expect.stringContaining('none that ended bad waits') as unknown,
	});
	const {entries} = await services.ledgers.read(environment);
	const [read] = watchesIn(environment, entries, watchTerms(environment));
	expect(read?.ended?.accepted).toMatchObject({reason: 'import runs until noon'});
});

test('watch extend: a later end for everybody, but not for ever', async () => {
	await using hosts = await shellHosts();
	const {services, to: environment} = hosts;
	await hosts.append('production', finished);
	const end = async () => {
		const {entries} = await services.ledgers.read(environment);
		return watchesIn(environment, entries, watchTerms(environment))[0]?.endsAt;
	};
	const before = (await end()) ?? 0;
	expect(await extendWatch(services, {environment, minutes: 15})).toBe(before + 15 * 60_000);
	expect(await end()).toBe(before + 15 * 60_000);
	await expect(extendWatch(services, {environment, minutes: 500})).rejects.toMatchObject({code: 'blocked'});
	hosts.time.production += 46 * 60_000;
	await expect(extendWatch(services, {environment, minutes: 15})).rejects.toMatchObject({
		why: expect.stringContaining('no watch is on') as unknown,
	});
});

test('watch: what a run has begun is written once, whoever writes it', async () => {
	await using hosts = await shellHosts();
	const {services, stranger, to: environment} = hosts;
	await hosts.append('production', finished);
	const begun = await Promise.all(
		[services, stranger].map((one, index) =>
			beginWatches({...one, nonce: () => `w${index}`}, environment, ['backend']),
		),
	);
	expect(begun.map(watches => watches.map(({run}) => run))).toEqual([['r1'], ['r1']]);
	expect(await beginWatches({...services, nonce: () => 'w'}, environment, ['frontend'])).toEqual([]);
	const {entries} = await services.ledgers.read(environment);
	expect(entries.filter(({type}) => type === 'watch.started')).toHaveLength(1);
});
