import {expect, test} from 'vitest';
import type {LedgerEntry} from '../../../src/domain/ledger/ledger.ts';
import {livePairs, liveRelease} from '../../../src/domain/releases/live-releases.ts';

const hourMs = 3_600_000;
const build = (digest: string) => ({commit: `commit-of-${digest}`, digest});

/** Entries an hour apart, the first at hour 1. */
const ledger = (
	...lines: readonly (readonly [type: string, data: Readonly<Record<string, unknown>>])[]
): readonly LedgerEntry[] =>
	lines.map(([type, data], index) => ({
		seq: index + 1,
		at: (index + 1) * hourMs,
		type,
		actor: {name: 'asha', machine: 'laptop-1'},
		data: {app: 'backend', ...data},
		hash: '',
	}));

const adopted = ['adopt.finished', {release: 'r0', build: build('')}] as const;
const deployed = (release: string, digest: string) => ['deploy.finished', {release, build: build(digest)}] as const;

test('live release: none before the first deploy, nor of the other app', () => {
	expect(liveRelease([], 'backend')).toBe(undefined);
	expect(liveRelease(ledger(deployed('r1', 'd1')), 'frontend')).toBe(undefined);
});

test('live release: one that the old scripts made has no build', () => {
	expect(liveRelease(ledger(adopted), 'backend')).toEqual({
		release: 'r0',
		build: undefined,
		seq: 1,
		since: hourMs,
		by: 'asha',
		isHealthy: true,
	});
});

test('live release: it soaks from the healthy end of its deploy, not from the begin', () => {
	const entries = ledger(
		adopted,
		['deploy.started', {build: build('d1')}],
		['deploy.resumed', {build: build('d1')}],
		deployed('r1', 'd1'),
	);

	expect(liveRelease(entries, 'backend')).toMatchObject({
		release: 'r1',
		build: build('d1'),
		since: 4 * hourMs,
		isHealthy: true,
	});
});

test.each([
	{what: 'a deploy that was abandoned', next: ['deploy.abandoned', {build: build('d2')}]},
	{what: 'a rollback that was abandoned', next: ['rollback.abandoned', {build: build('d1')}]},
	{
		what: 'a deploy of the other app',
		next: ['deploy.finished', {app: 'frontend', release: 'r2', build: build('d2')}],
	},
	{what: 'a kind of entry that is not known', next: ['deploy.admired', {release: 'r2', build: build('d2')}]},
] as const)('live release: $what changes nothing', ({next}) => {
	expect(liveRelease(ledger(deployed('r1', 'd1'), next), 'backend')).toMatchObject({release: 'r1', since: hourMs});
});

test('live release: a deploy that failed and went back begins the soak of the one before anew', () => {
	const entries = ledger(deployed('r1', 'd1'), [
		'deploy.failed',
		{release: 'r2', wentBack: true, build: build('d2')},
	]);

	expect(liveRelease(entries, 'backend')).toMatchObject({
		release: 'r1',
		build: build('d1'),
		seq: 2,
		since: 2 * hourMs,
		isHealthy: true,
	});
});

test('live release: a deploy that failed and stayed is live, and does not soak', () => {
	const entries = ledger(deployed('r1', 'd1'), ['deploy.failed', {release: 'r2', build: build('d2')}]);

	expect(liveRelease(entries, 'backend')).toMatchObject({release: 'r2', build: build('d2'), isHealthy: false});
});

test('live release: a rollback brings back the build of the release it names', () => {
	const entries = ledger(deployed('r1', 'd1'), deployed('r2', 'd2'), [
		'rollback.finished',
		{release: 'r1', build: build('d2')},
	]);

	expect(liveRelease(entries, 'backend')).toMatchObject({release: 'r1', build: build('d1'), since: 3 * hourMs});
});

test('live release: a rollback to one whose deploy had failed and gone back knows its build', () => {
	const entries = ledger(
		deployed('r1', 'd1'),
		['deploy.failed', {release: 'r2', wentBack: true, build: build('d2')}],
		['rollback.finished', {release: 'r2', build: build('d1')}],
	);

	expect(liveRelease(entries, 'backend')).toMatchObject({release: 'r2', build: build('d2')});
});

test('live release: one that was restored from a backup has no build', () => {
	const entries = ledger(deployed('r1', 'd1'), ['rollback.finished', {release: 'from-backup', build: build('d1')}]);

	expect(liveRelease(entries, 'backend')).toMatchObject({release: 'from-backup', build: undefined});
});

// Each of them is written when what is live was changed already.
test.each(['rollback.failed', 'adopt.failed', 'adopt-undo.failed', 'adopt-undo.finished'])(
	'live release: after %s nothing is known',
	type => {
		expect(liveRelease(ledger(deployed('r1', 'd1'), [type, {}]), 'backend')).toBe(undefined);
	},
);

const changed = {key: 'MAIL_HOST'};

test('live release: one that runs with another value since is the same one, and says so', () => {
	const entries = ledger(deployed('r1', 'd1'), ['set-env.started', changed], ['set-env.finished', changed]);

	expect(liveRelease(entries, 'backend')).toMatchObject({
		release: 'r1',
		seq: 1,
		since: hourMs,
		isHealthy: true,
		envChange: {at: 3 * hourMs, key: 'MAIL_HOST', by: 'asha'},
	});
	expect(liveRelease(entries.slice(0, 2), 'backend')).not.toHaveProperty('envChange');
});

test('live release: a value behind which it was not healthy makes it unhealthy, the next one heals it', () => {
	const entries = ledger(deployed('r1', 'd1'), ['set-env.failed', changed], ['set-env.finished', changed]);

	expect(liveRelease(entries.slice(0, 2), 'backend')).toMatchObject({since: hourMs, isHealthy: false});
	expect(liveRelease(entries, 'backend')).toMatchObject({since: 3 * hourMs, isHealthy: true});
});

test('live release: a change that went back, or never came to its swap, leaves it healthy', () => {
	const back = ledger(deployed('r1', 'd1'), ['set-env.failed', {...changed, wentBack: true}]);
	const abandoned = ledger(deployed('r1', 'd1'), ['set-env.abandoned', changed]);

	expect(liveRelease(back, 'backend')).toMatchObject({isHealthy: true, envChange: {at: 2 * hourMs}});
	expect(liveRelease(abandoned, 'backend')).not.toHaveProperty('envChange');
});

test('live release: a deploy brings its own, whatever was changed before', () => {
	const entries = ledger(deployed('r1', 'd1'), ['set-env.finished', changed], deployed('r2', 'd2'));

	expect(liveRelease(entries, 'backend')).not.toHaveProperty('envChange');
});

test('live release: a ledger that was adopted begins every soak anew', () => {
	const entries = ledger(deployed('r1', 'd1'), ['ledger.adopted', {app: undefined, environment: 'preprod'}]);

	expect(liveRelease(entries, 'backend')).toMatchObject({
		release: 'r1',
		build: build('d1'),
		seq: 2,
		since: 2 * hourMs,
	});
	expect(liveRelease(ledger(['ledger.adopted', {app: undefined}]), 'backend')).toBe(undefined);
});

test('live pair: both apps as they were just behind an entry; none while one of them is not recorded', () => {
	const entries = ledger(
		deployed('r1', 'd1'),
		['deploy.finished', {app: 'frontend', release: 'f1', build: build('e1')}],
		deployed('r2', 'd2'),
		['rollback.failed', {}],
	);

	const pairs = livePairs(entries);

	expect([...pairs.keys()]).toEqual([2, 3]);
	expect(pairs.get(2)).toMatchObject({backend: {release: 'r1'}, frontend: {release: 'f1'}});
	expect(pairs.get(3)).toMatchObject({backend: {release: 'r2'}, frontend: {release: 'f1'}});
});

test('live pair: the same as what is live of each app by all entries up to there, also of a ledger that was adopted', () => {
	const entries = ledger(
		adopted,
		['deploy.finished', {app: 'frontend', release: 'f1', build: build('e1')}],
		deployed('r1', 'd1'),
		['ledger.adopted', {app: undefined}],
		['deploy.failed', {release: 'r2', build: build('d2'), wentBack: true}],
		['rollback.finished', {release: 'r1', build: build('')}],
	);
	const pairs = livePairs(entries);

	for (const {seq} of entries.slice(1)) {
		const known = entries.slice(0, seq);
		expect(pairs.get(seq)).toEqual({
			backend: liveRelease(known, 'backend'),
			frontend: liveRelease(known, 'frontend'),
		});
	}
});
