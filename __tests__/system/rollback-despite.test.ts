import {rename} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {observeBackend, observeBackups, sh, type Backend} from './observe.ts';
import {startLab, type Lab} from './start-lab.ts';
import {atDepth} from '../support/depth.ts';
import {systemUnavailable, titled} from './system-unavailable.ts';

const state = '/home/ubuntu/.cockpit/qsights/preprod';
const backups = '/home/ubuntu/backups/preprod';

/** Puts a file system that has not one byte left over a directory, with what is in it. */
const fill = `
keep=$(mktemp -d) && cp -a -- "$1/." "$keep"
mount -t tmpfs -o size=4m tmpfs "$1"
chown --reference="$keep" "$1" && chmod --reference="$keep" "$1"
cp -a -- "$keep/." "$1" && rm -rf -- "$keep"
cat /dev/zero >"$1/filler" 2>/dev/null || true
! : | tee "$1/one-more" >/dev/null || ! echo full >"$1/one-more"
rm -f -- "$1/one-more"`;

/** Whatever else is broken, the way back is open. Source: design, "Pipelines". */
describe.skipIf(systemUnavailable() !== undefined)(titled('backend rollback whatever else is broken'), () => {
	let lab: Lab;
	let v1: Backend;
	let v2: Backend;
	const truth = (): Promise<Backend> => observeBackend(lab.preprod);
	const rollBack = (to: string) =>
		lab.cockpit('rollback', 'backend', '--env', 'preprod', '--to', to, '--confirm', 'ROLLBACK');
	const goesBackAndForth = async (): Promise<void> => {
		const there = (await truth()).version === 'v1' ? v2 : v1;
		const {code, stdout, stderr} = await rollBack(there.release ?? '');
		expect({code, stderr}, stdout).toMatchObject({code: 0, stderr: expect.any(String)});
		const {release, tree, kept, units} = there;
		expect(await truth()).toMatchObject({release, tree, kept, units, health: 200});
	};

	beforeAll(async () => {
		lab = await startLab();
		await lab.done('adopt', '--env', 'preprod');
		v1 = await truth();
		await lab.repository.commit('v2');
		await lab.done('deploy', 'backend', '--env', 'preprod', '--confirm', 'yes');
		v2 = await truth();
	});
	afterAll(() => lab.stop());

	test('a corrupt archive: exit 3, nothing stops, nothing moves', async () => {
		const [backup] = await observeBackups(lab.preprod, 'backend');
		const file = `${backups}/${backup?.name}`;
		await sh(
			lab.preprod,
			'cp -a -- "$1" "$1.kept"; truncate -s $(($(stat -c %s -- "$1") / 2)) -- "$1"; touch -r "$1.kept" -- "$1"; : >/var/log/systemctl.log',
			file,
		);
		const {code, stdout, stderr} = await rollBack(backup?.name ?? '');

		expect({code, stderr}, stdout).toMatchObject({code: 3});
		expect(stderr.split('\n').slice(0, 4).join('\n')).toMatch(
			/unexpected end|corrupt|not whole|could not be read/i,
		);
		expect(await truth()).toEqual(v2);
		expect(await sh(lab.preprod, "grep -E ' (stop|start|restart|reload) ' /var/log/systemctl.log || true")).toBe(
			'',
		);
		await sh(lab.preprod, 'mv -f -- "$1.kept" "$1"', file);
	});

	test('a backup that is not there: the ones there are, and nothing changes', async () => {
		const {code, stderr} = await rollBack('backend_20250101_000000');

		expect(code).not.toBe(0);
		expect(stderr).toContain('backend_20260208_114500');
		expect(await truth()).toEqual(v2);
	});

	test('the repository gone', async () => {
		const {directory} = lab.repository;
		for (const name of ['.git', 'backend', 'frontend']) await rename(join(directory, name), join(lab.home, name));
		try {
			await goesBackAndForth();
			await goesBackAndForth();
		} finally {
			for (const name of ['.git', 'backend', 'frontend'])
				await rename(join(lab.home, name), join(directory, name));
		}
	});

	const ledgers = atDepth<{what: string; deep?: true; spoil: string; heal: string}>([
		{
			what: 'a ledger nobody may read',
			spoil: 'chown root: "$1" && chmod 000 "$1"',
			heal: 'chown ubuntu: "$1" && chmod 600 "$1"',
		},
		{
			what: 'a directory in place of the ledger',
			deep: true,
			spoil: 'mv "$1" "$1.kept" && mkdir "$1"',
			heal: 'rm -rf "$1" && mv "$1.kept" "$1"',
		},
		{
			what: 'a ledger whose chain is broken',
			spoil: 'cp -a "$1" "$1.kept" && sed -i "2d" "$1"',
			heal: 'mv -f "$1.kept" "$1"',
		},
	]);
	test.each(ledgers)('$what', async ({spoil, heal}) => {
		await sh(lab.preprod, spoil, `${state}/ledger.jsonl`);
		try {
			await goesBackAndForth();
			await goesBackAndForth();
		} finally {
			await sh(lab.preprod, heal, `${state}/ledger.jsonl`);
		}
	});

	const disks = atDepth([
		{what: 'backups', directory: backups},
		{what: 'state directory', directory: state, deep: true},
	]);
	test.each(disks)('a full disk under the $what', async ({directory}) => {
		await sh(lab.preprod, fill, directory);
		try {
			await goesBackAndForth();
			await goesBackAndForth();
		} finally {
			await sh(lab.preprod, 'umount -l "$1"', directory);
		}
	});
});
