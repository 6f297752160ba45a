import {expect, test} from 'vitest';
import {liveFault, type LiveOnHost} from '../../../src/domain/releases/live-fault.ts';
import type {LedgerEntry} from '../../../src/domain/ledger/ledger.ts';
import {ledgerEntry} from '../../support/ledger.ts';

const of = (type: string, release?: string, app = 'backend'): readonly [string, string | undefined, string] => [
	type,
	release,
	app,
];

const entriesOf = (said: ReadonlyArray<readonly [string, string | undefined, string]>): readonly LedgerEntry[] =>
	said.map(([type, release, app], index) =>
		ledgerEntry(index + 1, '2026-02-10T05:00:00Z', type, {
			data: {app, ...(release === undefined ? {} : {release})},
		}),
	);

const r = (release: string): LiveOnHost => ({live: {release}});
const one = [of('deploy.finished', 'r1')];
const two = [...one, of('deploy.started', 'r2'), of('deploy.finished', 'r2')];

test.each<readonly [name: string, said: Parameters<typeof entriesOf>[0], found: LiveOnHost, is: string | undefined]>([
	['what was deployed last', two, r('r2'), undefined],
	['what was adopted', [of('adopt.finished', 'a')], r('a'), undefined],
	['what failed behind its swap', [...one, of('deploy.failed', 'r2')], r('r2'), undefined],
	['what was gone back to', [...two, of('rollback.finished', 'r1')], r('r1'), undefined],
	['another one the ledger knows', two, r('r1'), 'live is r1; the ledger of production says r2'],
	['one the ledger does not know', two, r('r3'), 'live is r3, which the ledger of production does not know'],
	[
		'one of the other app',
		[...one, of('deploy.finished', 'r2', 'frontend')],
		r('r2'),
		'live is r2, which the ledger of production does not know',
	],
	[
		'one that only a sign-off names',
		[...one, of('checklist.signed', 'r2')],
		r('r2'),
		'live is r2, which the ledger of production does not know',
	],
	['a release on an empty ledger', [], r('r1'), 'live is r1, which the ledger of production does not know'],
	['a directory, adopted by nobody', [], {live: 'directory'}, undefined],
	['a directory behind an undoing', [...one, of('adopt-undo.finished')], {live: 'directory'}, undefined],
	[
		'a release behind an undoing',
		[...one, of('adopt-undo.finished')],
		r('r1'),
		'live is r1; the ledger of production says it is a plain directory',
	],
	[
		'a directory although a release is on the ledger',
		one,
		{live: 'directory'},
		'live is a plain directory; the ledger of production says r1',
	],
	['nothing at all, before the first deploy', [], {live: undefined}, undefined],
	['nothing at all, behind one', one, {live: undefined}, 'nothing is live; the ledger of production says r1'],
	['a link to nothing', one, {...r('r1'), astray: ''}, 'live is a link to nothing; the ledger of production says r1'],
	[
		'a link to elsewhere under the same name',
		one,
		{...r('r1'), astray: '/tmp/r1'},
		'live leads to /tmp/r1, which is none of its releases',
	],
	['either, behind a rollback that failed', [...two, of('rollback.failed', 'r1')], r('r2'), undefined],
	[
		'a directory behind a rollback that failed',
		[...two, of('rollback.failed', 'r1')],
		{live: 'directory'},
		'live is a plain directory; the ledger of production says it is a release',
	],
	['what was adopted, but not healthily', [of('adopt.failed', 'a')], r('a'), undefined],
	['anything, on a ledger begun anew', [of('ledger.adopted', undefined, '')], r('r1'), undefined],
	[
		'another than was deployed since it was begun anew',
		[of('ledger.adopted', undefined, ''), ...one],
		r('r2'),
		'live is r2, which the ledger of production does not know',
	],
])('live is %s', (_, said, found, is) => {
	expect(liveFault(entriesOf(said), 'backend', found, 'production')).toBe(is);
});
