import {setTimeout as delay} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {isDeep} from '../support/depth.ts';
import type {RunningCockpit} from '../support/cockpit.ts';
import {realHostUnavailable} from '../support/real-host/real-host-unavailable.ts';
import {bulk, deploy, runOf, startLab, type Lab, type Tree} from '../support/survival-lab.ts';

const why = realHostUnavailable();

/** Far into the files, and far from their end. */
const midStreamBytes = 2_500_000;

type Held = {release(): Promise<void>};

/** Brings a deploy to a moment at which it waits, without guessing when that is. */
const holdIn: Readonly<Record<string, (lab: Lab) => Promise<Held>>> = {
	upload: async ({proxy}) => {
		await proxy.holdAfter(midStreamBytes);
		return {release: async () => proxy.release()};
	},
	composer: async lab => {
		const gate = await lab.hold('composer');
		return {release: async () => gate.open()};
	},
	restart: async lab => {
		const gate = await lab.hold('reload');
		return {release: async () => gate.open()};
	},
};

/** What goes wrong, and what it takes until the run is over. Answers with the exit code of the last driver. */
const faults: Readonly<
	Record<string, (lab: Lab, cockpit: RunningCockpit, held: Held, run: string) => Promise<number | null>>
> = {
	'the link is cut': async ({proxy}, cockpit, held) => {
		proxy.cut();
		await cockpit.waitFor(({type}) => type === 'link.resumed');
		await held.release();
		return (await cockpit.finished).code;
	},
	'the link falls silent': async ({proxy}, cockpit, held) => {
		proxy.silence();
		await cockpit.waitFor(({type}) => type === 'link.resumed');
		await held.release();
		const {code} = await cockpit.finished;
		proxy.cut();
		return code;
	},
	'the cockpit is killed': async (lab, cockpit, held, run) => {
		cockpit.child.kill('SIGKILL');
		await cockpit.finished;
		const before = await lab.startedJobs(run);
		await held.release();
		await lab.quiet();
		// Its connection is gone and no process of it is left: nothing can start any more.
		expect(await lab.startedJobs(run)).toEqual(before);
		expect(await lab.ledger(run)).toEqual(['deploy.started by Ravi']);
		return (await lab.ravi.run('resume', '--json')).code;
	},
};

const phases = Object.keys(holdIn);
/** Each fault in each phase; the diagonal is enough to meet every fault and every phase once. */
const cases = Object.keys(faults).flatMap((fault, row) =>
	phases.flatMap((phase, column) => (isDeep || row === column ? [{fault, phase}] : [])),
);

describe.skipIf(why !== undefined)(`a deploy survives${why === undefined ? '' : ` (${why})`}`, () => {
	const builds = [bulk(), bulk()];
	/** One host for each phase, so that waiting for a silent link costs its time once. */
	const labs = new Map<string, {readonly lab: Lab; turn: Promise<unknown>}>();
	/** What deploys that nothing disturbed make of the builds. */
	let undisturbed: Promise<readonly Tree[]>;

	const deployUndisturbed = async (lab: Lab): Promise<readonly Tree[]> => {
		const trees: Tree[] = [];
		for (const build of builds) {
			await lab.repository.commit(build);
			const {code, stdout} = await lab.ravi.run(...deploy);
			expect(code, stdout).toBe(0);
			trees.push(await lab.readTree());
		}
		return trees;
	};

	beforeAll(async () => {
		await Promise.all(
			phases.map(async phase => labs.set(phase, {lab: await startLab(phase), turn: Promise.resolve()})),
		);
		const first = placeOf('upload');
		undisturbed = deployUndisturbed(first.lab);
		first.turn = undisturbed;
	}, 120_000);
	afterAll(async () => {
		await Promise.all([...labs.values()].map(async ({lab}) => lab.stop()));
	});

	const placeOf = (phase: string) => {
		const place = labs.get(phase);
		if (!place) throw new Error(`no host for ${phase}`);
		return place;
	};

	// Most of the time of a test is waiting for its turn on its host.
	test.concurrent.for(cases)('$fault in $phase', {timeout: 480_000}, async ({fault, phase}, {expect}) => {
		const place = placeOf(phase);
		const {lab} = place;
		const mine = place.turn.then(async () => {
			const which = Object.keys(faults).indexOf(fault) % 2;
			await lab.repository.commit(builds[which] ?? {});
			const before = await lab.composerRuns();
			const holding = holdIn[phase]?.(lab);
			const cockpit = lab.ravi.start(...deploy);
			const held = await Promise.race([
				holding,
				cockpit.finished.then(({stdout}) => Promise.reject(new Error(stdout))),
			]);
			const run = await runOf(cockpit);
			if (!held) throw new Error('not held');

			expect(await faults[fault]?.(lab, cockpit, held, run)).toBe(0);

			expect(await lab.readTree()).toEqual((await undisturbed)[which]);
			expect((await lab.composerRuns()) - before).toBe(1);
			await lab.expectMirrors(lab.ravi, run);
			await lab.expectTidy();
			const resumed = fault === 'the cockpit is killed' ? ['deploy.resumed by Ravi'] : [];
			expect(await lab.ledger(run)).toEqual(['deploy.started by Ravi', ...resumed, 'deploy.finished by Ravi']);
		});
		place.turn = mine.catch(async () => delay(0));
		await mine;
	});
});
