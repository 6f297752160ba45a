import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createSampleMemory} from '../../../src/app/watch/sample-memory.ts';
import {usualWatch} from '../../../src/domain/environments/watched.ts';
import {watchTriggers} from '../../../src/domain/watch/triggers.ts';
import {createSampleStore} from '../../../src/services/state/sample-store.ts';
import {aWatch, healthSamples, swapAt} from '../../domain/watch/a-watch.ts';
import {laravelPlan} from '../../recipes/laravel-plan.ts';

test('sample memory: what a service saw before a rollback is what a watch of this machine compares with', () => {
	const home = mkdtempSync(join(tmpdir(), 'cockpit-memory-'));
	const [service, watching] = [createSampleStore(home), createSampleStore(home)];
	const {environment} = laravelPlan();
	const id = {project: environment.project, environment: environment.name};
	try {
		const watch = aWatch({kind: 'rollback', environment: environment.name});
		// Opened before anything is there, as a cockpit is that has been running all along.
		expect(watching.read(id, {from: 0, until: swapAt})).toEqual([]);
		for (const one of healthSamples({count: 84, from: swapAt - 7 * 60_000 + 0.25})) service.add(id, [one]);
		for (const one of healthSamples({count: 24, from: swapAt})) watching.add(id, [one]);
		const now = swapAt + 2 * 60_000;
		const samples = createSampleMemory(watching, environment).of(watch, now);
		const facts = {watch, samples, items: [], terms: usualWatch, status: 200, everyMs: 5000, now};

		expect(watchTriggers(facts).find(({id: one}) => one === 'slow')).toMatchObject({
			state: 'quiet',
			text: '60 ms, limit 120 ms',
		});
	} finally {
		service.close();
		watching.close();
		rmSync(home, {recursive: true, force: true});
	}
});
