import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {isDeep} from '../support/depth.ts';
import {realHostUnavailable} from '../support/real-host/real-host-unavailable.ts';
import {base, bulk, deploy, heard, live, runOf, startLab, state, type Lab} from '../support/survival-lab.ts';

const why = realHostUnavailable();
const title = (text: string): string => `${text}${why === undefined ? '' : ` (${why})`}`;

const liveRelease = async (lab: Lab): Promise<string> => lab.sh('readlink "$1"', live);

/** Nothing of the run is left but its record, and live is what it was. */
const expectAbandoned = async (lab: Lab, run: string, before: string): Promise<void> => {
	await lab.expectTidy();
	expect(await liveRelease(lab)).toBe(before);
	expect(await lab.ledger(run)).toEqual(['deploy.started by Ravi', 'deploy.abandoned by Ravi']);
};

describe.skipIf(why !== undefined)(title('a run and its drivers'), () => {
	let lab: Lab;
	let build = 0;
	const commit = async (): Promise<string> =>
		lab.repository.commit({'resources/data/build.txt': `build ${(build += 1)}\n`});

	beforeAll(async () => {
		lab = await startLab('drivers');
	}, 60_000);
	afterAll(async () => lab.stop());

	test('resume: another engineer without a journal takes over in composer, the first driver is told', async () => {
		await commit();
		const asha = await lab.engineer('Asha');
		const composer = await lab.composerRuns();
		const holding = lab.hold('composer');
		const first = lab.ravi.start(...deploy);
		const run = await runOf(first);
		const gate = await holding;

		const second = asha.start('resume', '--confirm', 'TAKE-OVER', '--json');
		await second.waitFor(({type}) => type === 'lock.taken');
		await gate.open();
		const [left, done] = await Promise.all([first.finished, second.finished]);

		expect(done.code, done.stderr).toBe(0);
		expect(left.code, left.stderr).toBe(6);
		expect(left.stderr).toContain(`Run ${run} is no longer driven from here`);
		expect(left.stderr).toMatch(/Asha on \S+ took it over at /);
		expect((await lab.composerRuns()) - composer).toBe(1);
		expect(await lab.ledger(run)).toEqual([
			'deploy.started by Ravi',
			'deploy.resumed by Asha',
			'deploy.finished by Asha',
		]);
		await lab.expectMirrors(asha, run);
		await lab.expectTidy();

		const again = await lab.ravi.run('resume', run);
		expect(again.stdout).toMatch(
			new RegExp(`Run ${run} ended: done\\. It deployed backend \\w+, by Asha, .*Live is backend \\w`),
		);
		expect(again.code).toBe(0);
	});

	test('resume: a first driver stopped in its upload writes nothing more into what is live by then', async () => {
		await lab.repository.commit(bulk());
		const asha = await lab.engineer('Asha');
		const held = lab.proxy.holdAfter(2_500_000);
		const first = lab.ravi.start(...deploy);
		const run = await runOf(first);
		await held;

		const {code, stderr} = await asha.run('resume', run, '--confirm', 'TAKE-OVER', '--json');
		expect(code, stderr).toBe(0);
		const tree = await lab.readTree();
		lab.proxy.release();
		const left = await first.finished;

		expect(left.code, left.stderr).toBe(6);
		expect(left.stderr).toContain('Asha on ');
		expect(await lab.readTree()).toEqual(tree);
		expect(await lab.ledger(run)).toEqual([
			'deploy.started by Ravi',
			'deploy.resumed by Asha',
			'deploy.finished by Asha',
		]);
		await lab.expectTidy();
	});

	test.for(isDeep ? [1, 2, 3] : [1])(
		'lock: of two who deploy at once one wins, the other changes nothing, round %i',
		async () => {
			await commit();
			const deployers = [await lab.engineer('Asha'), await lab.engineer('Mei')];
			const runs = deployers.map(deployer => deployer.start(...deploy));
			const ends = await Promise.all(runs.map(async ({finished}) => finished));

			expect(new Set(ends.map(({code}) => code))).toEqual(new Set([0, 6]));
			const winner = ends.findIndex(({code}) => code === 0);
			const ids = await Promise.all(runs.map(runOf));
			const [won = '', lost = ''] = [ids[winner], ids[1 - winner]];
			expect(ends[1 - winner]?.stderr).toContain(`${deployers[winner]?.name} on `);
			expect(ends[1 - winner]?.stderr).toContain(won);
			expect(await lab.sh('ls "$1/jobs"', state)).not.toContain(lost);
			expect(await lab.ledger(lost)).toEqual([]);
			await lab.expectTidy();
		},
	);

	test('INT in the upload: exit 130, nothing is left on the host', async () => {
		await lab.repository.commit(bulk());
		const before = await liveRelease(lab);
		const held = lab.proxy.holdAfter(2_500_000);
		const cockpit = lab.ravi.start(...deploy);
		const run = await runOf(cockpit);
		await held;
		cockpit.child.kill('SIGINT');
		lab.proxy.release();
		const {code, stderr} = await cockpit.finished;

		expect(code, stderr).toBe(130);
		expect(stderr).toContain('The release being prepared was removed, the lock given back.');
		await expectAbandoned(lab, run, before);
	});

	if (isDeep)
		test('INT in composer: exit 130, composer is ended, nothing is left on the host', async () => {
			const before = await liveRelease(lab);
			const holding = lab.hold('composer');
			const cockpit = lab.ravi.start(...deploy);
			const run = await runOf(cockpit);
			const gate = await holding;
			cockpit.child.kill('SIGINT');
			const {code, stderr} = await cockpit.finished;

			expect(code, stderr).toBe(130);
			await expectAbandoned(lab, run, before);
			await gate.open();
		});

	test('INT during the swap is refused; HUP leaves; resume ends it', async () => {
		const holding = lab.hold('reload');
		const cockpit = lab.ravi.start(...deploy);
		const run = await runOf(cockpit);
		const gate = await holding;
		const refused = heard(cockpit, 'Not cancelled: the swap has begun');
		cockpit.child.kill('SIGINT');
		await refused;
		cockpit.child.kill('SIGHUP');
		const {code, stderr} = await cockpit.finished;

		expect(code, stderr).toBe(130);
		expect(stderr).toContain(`cockpit resume ${run} --env preprod`);
		await gate.open();
		const resumed = await lab.ravi.run('resume', run, '--json');
		expect(resumed.code, resumed.stderr).toBe(0);
		expect(await lab.ledger(run)).toEqual([
			'deploy.started by Ravi',
			'deploy.resumed by Ravi',
			'deploy.finished by Ravi',
		]);
		await lab.expectMirrors(lab.ravi, run);
		await lab.expectTidy();
	});

	if (isDeep)
		test('INT on a resumed run whose swap has begun is refused', async () => {
			await commit();
			const holding = lab.hold('reload');
			const cockpit = lab.ravi.start(...deploy);
			const run = await runOf(cockpit);
			const gate = await holding;
			cockpit.child.kill('SIGKILL');
			await cockpit.finished;

			const resumed = lab.ravi.start('resume', run, '--json');
			await resumed.waitFor(({type, step}) => type === 'step.started' && step === 'upload-files');
			const refused = heard(resumed, 'Not cancelled: the swap has begun');
			resumed.child.kill('SIGINT');
			await refused;
			await gate.open();

			expect((await resumed.finished).code).toBe(0);
			await lab.expectTidy();
		});

	test('a job killed on the host is an error of its own, and is not run again', async () => {
		await commit();
		const before = await liveRelease(lab);
		const composer = await lab.composerRuns();
		const holding = lab.hold('composer');
		const cockpit = lab.ravi.start(...deploy);
		const run = await runOf(cockpit);
		const gate = await holding;
		await lab.sh(
			'read -r group since <"$1/jobs/$2/composer/group"; supervisor=$(ps -o ppid= -p "$group"); kill -9 $supervisor "-$group"',
			state,
			run,
		);
		const {code, stderr} = await cockpit.finished;
		await gate.open();

		expect(code, stderr).toBe(3);
		expect(stderr).toContain('the processes of "composer" were killed');
		expect((await lab.composerRuns()) - composer).toBe(1);
		await expectAbandoned(lab, run, before);
		expect((await lab.ravi.run('resume', run)).code).toBe(3);
		expect((await lab.composerRuns()) - composer).toBe(1);
	});

	test('a failure before the swap: the tool is quoted, live untouched, the candidate removed', async () => {
		const before = await liveRelease(lab);
		const lock = await lab.sh('cat "$1/composer.lock"', live);
		await lab.repository.commit({'composer.lock': '{"packages": ['});
		const cockpit = lab.ravi.start(...deploy);
		const run = await runOf(cockpit);
		const {code, stderr} = await cockpit.finished;
		await lab.repository.commit({'composer.lock': `${lock}\n`});

		expect(code, stderr).toBe(3);
		expect(stderr).toContain('composer install exited with ');
		expect(stderr).toMatch(/composer\.lock|valid JSON|Parse error/);
		expect(stderr).toContain('Live backend is untouched');
		await expectAbandoned(lab, run, before);
	});

	test('a failure after the swap: exit 4, says what is live, and the printed way back goes back', async () => {
		const before = await liveRelease(lab);
		const health = 'app/Http/Controllers/HealthController.php';
		const good = await lab.sh('cat "$1/$2"', live, health);
		await lab.repository.commit({[health]: good.replace('$status =', '$status = 503; $was =')});
		const cockpit = lab.ravi.start(...deploy);
		const run = await runOf(cockpit);
		const {code, stderr} = await cockpit.finished;
		const after = await liveRelease(lab);

		expect(code, stderr).toBe(4);
		expect(after).not.toBe(before);
		expect(stderr).toContain(`Live backend is the new release ${after.split('/').at(-1)}`);
		const [line = ''] = /ssh .*rollback-backend\.sh/.exec(stderr) ?? [];
		const {stdout} = await promisify(execFile)('sh', ['-c', line]);
		expect(stdout).toContain('php8.1-fpm active');
		expect(await liveRelease(lab)).toBe(before);
		expect(await lab.ledger(run)).toEqual(['deploy.started by Ravi', 'deploy.failed by Ravi']);
		expect(await lab.sh('ls "$1/lock"; ls "$2"', state, base)).toBe(
			'backend.flock\nbackend.token\ncomposer\nowner\nreleases\nshared',
		);
		await lab.quiet();
	});
});
