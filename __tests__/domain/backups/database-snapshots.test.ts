import {expect, test} from 'vitest';
import {databaseSnapshotsSince} from '../../../src/domain/backups/database-snapshot.ts';

/** A backup of that hour, which holds a release; with a snapshot of its run, where it has one. */
const note = (hour: number, release: string, snapshot?: string) => ({
	file: `backend_20260210_${hour}0000.tar.gz`,
	release,
	run: `run-${hour}`,
	kept: snapshot === undefined ? {} : {'database-snapshot': snapshot},
});
const namesSince = (...[notes, to]: Parameters<typeof databaseSnapshotsSince>) =>
	databaseSnapshotsSince(notes, to).map(({name}) => name);

test('snapshots since: of the run that replaced a release, of one that went back before it, and of all later ones', () => {
	// r2 was replaced at 13; the run at 12 had gone back to it, and its migration stays.
	const notes = [note(13, 'r2', 's-13'), note(11, 'r1'), note(12, 'r2', 's-12'), note(10, 'r0', 's-10')];

	expect(namesSince(notes, {release: 'r2'})).toEqual(['s-12', 's-13']);
	expect(namesSince(notes, {release: 'r1'})).toEqual(['s-12', 's-13']);
	expect(namesSince(notes, {release: 'r0'})).toEqual(['s-10', 's-12', 's-13']);
	expect(namesSince(notes, {release: 'unknown'})).toEqual([]);
	expect(namesSince(notes, {release: undefined})).toEqual([]);
});

test('snapshots since: a release that came back is what it was the last time, and a backup begins with itself', () => {
	const notes = [note(10, 'r1', 's-10'), note(11, 'r2', 's-11'), note(12, 'r1', 's-12')];

	expect(namesSince(notes, {release: 'r1'})).toEqual(['s-12']);
	expect(namesSince(notes, {file: 'backend_20260210_110000.tar.gz'})).toEqual(['s-11', 's-12']);
	// The archive of a script has no note: what came behind it counts.
	expect(namesSince(notes, {file: 'backend_20260210_103000.tar.gz'})).toEqual(['s-11', 's-12']);
	expect(namesSince(notes, {file: 'backend_20260210_130000.tar.gz'})).toEqual([]);
});
