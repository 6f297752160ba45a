import {expect, test} from 'vitest';
import {pendingReports} from '../../../src/app/migrations/pending-reports.ts';
import type {ExecResult} from '../../../src/domain/ports.ts';
import {laravelPlan} from '../../recipes/laravel-plan.ts';

const [known, fresh] = ['2026_01_05_100000_a', '2026_02_01_090000_b'];
const path = (name: string): string => `database/migrations/${name}.php`;
const drops = "<?php class A extends Migration { function up() { Schema::drop('a\u009B'); } }";

const ask = async (answer: Partial<ExecResult>, paths: readonly string[] = [path(known), path(fresh)]) => {
	const lines: string[] = [];
	const read: unknown[] = [];
	const session = {
		exec: async (line: string): Promise<ExecResult> => {
			lines.push(line);
			return {code: 0, stdout: '', stderr: '', durationMs: 1, ...answer};
		},
	} as never;
	const source = {
		texts: async (options: {readonly paths: readonly string[]}) => {
			read.push(options.paths);
			return new Map([[path(fresh), drops]]);
		},
	} as never;
	const {source: built} = laravelPlan();
	const entries = paths.map(path => ({path, mode: '100644' as const, sha256: 'a'.repeat(64), sizeBytes: 1}));
	const plan = laravelPlan({source: {...built, entries}});
	const sessions = {session: () => session, close: async () => undefined};
	return {pending: await pendingReports({sessions, source}, plan), lines, read};
};

test('pending: what the database has not seen, read at the commit; names that a terminal would obey are cleaned', async () => {
	const {pending, read} = await ask({stdout: `| Yes  | ${known} | 1 |\n| No   | ${fresh} |   |\n`});

	expect(read).toEqual([[path(fresh)]]);
	expect(pending).toMatchObject({value: [{name: fresh, revert: {kind: 'no'}}]});
	expect(JSON.stringify(pending)).not.toContain('\u009B');
});

test('pending: a live release that does not answer is not known, never none', async () => {
	expect((await ask({stdout: 'unknown could not find driver\n'})).pending).toEqual({
		unknown: 'could not find driver',
	});
});

test('pending: a build without migrations asks nobody', async () => {
	expect(await ask({}, ['artisan'])).toEqual({pending: {value: []}, lines: [], read: []});
});
