import {utimesSync, writeFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {pinBackup, pruneBackups, removeBackups} from '../../../../src/commands/backups/prune/prune-backups.ts';
import {notOwner} from '../../../../src/commands/lock/marker/marker.ts';
import {releaseLayout} from '../../../../src/commands/release-layout.ts';
import {renderCommand} from '../../../../src/commands/shell.ts';
import {mayPrune} from '../../../../src/domain/backups/prune-backups.ts';
import {isDeep} from '../../../support/depth.ts';
import {createHostDirectory} from '../../host-directory.ts';
import {claimOn, mark} from '../../lock/claims.ts';
import {archive, list} from '../archives.ts';

/** A repeatable source of choices. */
const choices = (seed: number) => {
	let state = seed;
	return (below: number): number => {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
		return Math.floor((state / 2_147_483_648) * below);
	};
};

test.concurrent.each(isDeep ? [1, 2, 3, 4, 5, 6, 7, 8] : [1, 2, 3])(
	'prune: the host decides as the rule does, directory %i',
	async seed => {
		await using host = createHostDirectory();
		await host.sh(
			'mkdir -p backups state .backend/releases/r1; ln -s .backend/releases/r1 backend; echo r2 >state/previous-backend',
		);
		const choose = choices(seed);
		const note = (more: object): string => `${JSON.stringify({file: 'x', ...more})}\n`;
		for (let day = 1; day <= 24; day++) {
			const app = choose(8) === 0 ? 'frontend' : 'backend';
			const name = `${host.root}/backups/${app}_202602${String(day).padStart(2, '0')}_110000`;
			const size = choose(10) === 0 ? 0 : 7;
			writeFileSync(`${name}.tar.gz`, 'x'.repeat(size));
			utimesSync(`${name}.tar.gz`, 1000 + day, 1000 + day);
			const release = `r${choose(6)}`;
			const verdicts = [
				{},
				{},
				{verdict: {at: 'x', ok: true, size, modified: 1000 + day, by: 'R'}},
				{verdict: {at: 'x', ok: false, reason: 'cut "ok":true', size, modified: 1000 + day, by: 'R'}},
				{verdict: {at: 'x', ok: true, size, modified: 5, by: 'R'}},
			];
			const facts = {
				...(choose(5) === 0 ? {origin: 'old script'} : {origin: 'cockpit'}),
				sizeBytes: choose(8) === 0 ? 8 : size,
				modified: choose(6) === 0 ? 1 : 1000 + day,
				sha256: 'a'.repeat(64),
				release,
				// Names may have been made by a clock that was off, by days either way.
				...(choose(3) === 0 ? {at: `2026-02-${String(1 + choose(27)).padStart(2, '0')}T05:30:00Z`} : {}),
				why: 'the "release":"r1" and "origin":"cockpit"',
				...verdicts[choose(verdicts.length)],
			};
			if (choose(7) > 0) writeFileSync(`${name}.json`, note(facts));
			if (choose(6) === 0) writeFileSync(`${name}.pin`, '');
			if (choose(9) === 0) writeFileSync(`${name}.tar.gz.part`, '');
		}
		const keep = 1 + choose(4);
		const {backups, live, previous} = await list(host);
		const inUse = [live.backend, previous.backend].flatMap(one => one ?? []);
		const wanted = mayPrune(
			backups.filter(({app}) => app === 'backend'),
			{keep, inUse},
		).map(({name}) => name);

		const said = await host.ok(
			pruneBackups({
				directory: `${host.root}/backups`,
				app: 'backend',
				keep,
				live: `${host.root}/backend`,
				stateDirectory: `${host.root}/state`,
			}),
		);

		expect(inUse).toEqual(['r1', 'r2']);
		expect(said.split('\n').filter(Boolean)).toEqual(wanted.map(name => `removes backup ${name}`));
		const left = (await list(host)).backups.map(({name}) => name);
		expect(left.toSorted()).toEqual(
			backups
				.map(({name}) => name)
				.filter(name => !wanted.includes(name))
				.toSorted(),
		);
	},
);

test.concurrent('prune: what a killed writer left goes after a day, unless it is written still', async () => {
	await using host = createHostDirectory();
	await host.sh(`mkdir -p backups state; cd backups; for day in 1 2 3; do echo x >"backend_2026020\${day}_110000.tar.gz.part"; done
		touch -d '3 days ago' backend_20260201* backend_20260202*`);
	const options = {
		directory: `${host.root}/backups`,
		live: `${host.root}/backend`,
		stateDirectory: `${host.root}/state`,
	};
	const line = renderCommand(pruneBackups({app: 'backend', keep: 1, ...options}));

	await host.sh('flock backups/backend_20260202_110000.tar.gz.part sh -c "$1"', line);

	expect(await host.sh('ls backups')).toBe(
		'backend_20260202_110000.tar.gz.part\nbackend_20260203_110000.tar.gz.part',
	);
});

test.concurrent('remove: by name, never one pinned meanwhile, and not while a run could go back to it', async () => {
	await using host = createHostDirectory();
	await archive(host, 'backend', {root: 'backend/', stamp: '20260203_113512'});
	const pinned = await archive(host, 'backend', {root: 'backend/', stamp: '20260204_113512'});
	await host.ok(pinBackup(pinned));
	await host.sh(
		'echo {} >backups/backend_20260203_113512.json; mkdir -p state/lock state/jobs/n; printf "n 1 1\\n{}\\n" >state/lock/backend',
	);
	const claim = claimOn(releaseLayout({path: `${host.root}/backend`}), {stateDirectory: `${host.root}/state`});
	const remove = removeBackups({
		stateDirectory: `${host.root}/state`,
		directory: `${host.root}/backups`,
		claims: [claim],
		names: ['backend_20260203_113512', 'backend_20260204_113512.tar.gz'],
	});

	expect(await host.run(remove)).toMatchObject({code: 96, stdout: 'n 1 1\n{}\n'});
	await host.sh('rm state/lock/backend');
	await mark(host, {...claim, environment: 'production'});
	expect(await host.run(remove)).toMatchObject({
		code: notOwner,
		stdout: '',
		stderr: expect.stringContaining('belongs to qsights production') as string,
	});
	await mark(host, claim);
	expect(await host.ok(remove)).toBe('removed backend_20260203_113512\n');
	expect(await host.sh('ls backups')).toBe('backend_20260204_113512.pin\nbackend_20260204_113512.tar.gz');
	expect(() => removeBackups({stateDirectory: '', directory: '', claims: [], names: ['../x']})).toThrow(TypeError);
});
