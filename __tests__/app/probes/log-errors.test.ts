import {expect, test} from 'vitest';
import {createLogErrors, keepPast} from '../../../src/app/probes/log-errors.ts';
import {primaryHost} from '../../../src/domain/environments/environment.ts';
import {usualWatch} from '../../../src/domain/environments/watched.ts';
import type {ProbeReading} from '../../../src/domain/probes/probe.ts';
import {watchTriggers} from '../../../src/domain/watch/triggers.ts';
import {createMemorySamples} from '../../../src/services/state/memory-samples.ts';
import {aWatch, swapAt} from '../../domain/watch/a-watch.ts';
import {laravelPlan} from '../../recipes/laravel-plan.ts';

const {environment} = laravelPlan();
const host = primaryHost(environment);
const swaps = {backend: {run: 'r1', at: swapAt}};
const second = 1000;
const minute = 60 * second;

const line = (at: number, level: string, text: string): string =>
	`[${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}] production.${level}: ${text}\n`;

/** A log as a host tells it: what is new of it, and at the first look where it ended at the swap. */
const createLog = () => {
	let text = '';
	let read = 0;
	let swapEnd: number | undefined;
	return {
		write: (more: string): void => void (text += more),
		swap: (): void => void (swapEnd = text.length),
		/** The whole is read anew. */
		rewind: (): void => void (read = 0),
		answer: (now: number, asked: number): string => {
			const bytes = Buffer.from(text.slice(read));
			const rows = [
				`clock ${now / second} +0530`,
				`file 0 named 7 ${text.length} ${read} 0 ${now / second} /var/laravel.log`,
				`data 0 ${bytes.toString('base64')}`,
				...(asked > 1 && swapEnd !== undefined
					? [
							`file 1 named 7 ${text.length} ${text.length} ${text.length - swapEnd} ${now / second} /var/laravel.log`,
						]
					: []),
				'logs end',
			];
			read = text.length;
			return rows.join('\n');
		},
	};
};

const begin = (samples = createMemorySamples()) => {
	const errors = createLogErrors({samples}, environment, host);
	const log = createLog();
	const look = (now: number) => {
		const asked = errors.requests(swaps, undefined).length;
		return errors.take(log.answer(now, asked), 0);
	};
	return {errors, log, look, samples};
};

test('log errors: counted since the noted end at the swap, by kind; the trigger fires within a look and clears', () => {
	const {log, look} = begin();
	log.write(line(swapAt - 9000, 'ERROR', 'Old trouble 1'));
	log.swap();
	log.write(line(swapAt - 2000, 'ERROR', 'Tried 7'));
	const samples: ProbeReading[] = [];
	const trigger = (now: number) => {
		samples.push(...look(now).findings.map(finding => ({...finding, at: now})));
		const facts = {watch: aWatch(), samples, items: [], terms: usualWatch, status: 200, everyMs: 5000, now};
		return watchTriggers(facts).find(({id}) => id === 'errors');
	};
	expect(trigger(swapAt + minute)?.state).toBe('quiet');
	expect(samples.at(-1)).toMatchObject({
		value: 0,
		count: 1,
		text: 'no error in the last minute, 1 since the swap, once: Tried *',
	});
	for (let at = 0; at < 6; at += 1) log.write(line(swapAt + minute + 2000, 'ERROR', `Late by ${at} s`));
	expect(trigger(swapAt + minute + 5000)).toMatchObject({state: 'fired', text: '6 in the last minute, limit 5'});
	expect(samples.at(-1)?.text).toBe('6 in the last minute, 7 since the swap, 6 times: Late by * s');
	expect(trigger(swapAt + 2 * minute + 3000)).toMatchObject({state: 'quiet', text: '0 in the last minute, limit 5'});
});

test('log errors: one read on counts as now, whatever zone its time is in', () => {
	const {log, look} = begin();
	log.write(line(swapAt - 9000, 'INFO', 'begun'));
	log.swap();
	look(swapAt + minute);
	log.write(line(swapAt + 330 * minute, 'ERROR', 'In another zone'));

	expect(look(swapAt + minute + 5000).findings[0]?.value).toBe(1);
	expect(look(swapAt + 3 * minute).findings[0]?.value).toBe(0);
});

test('log errors: kinds from before the swap are known, those since are new', () => {
	const {log, look, samples} = begin();
	log.write(line(swapAt - 9000, 'ERROR', 'Old trouble 1'));
	log.swap();
	log.write(line(swapAt + 9000, 'ERROR', 'Old trouble 2'));
	log.write(line(swapAt + 9000, 'ERROR', 'New trouble 1'));
	look(swapAt + minute);

	const kinds = samples.signatures({project: environment.project, environment: environment.name});
	expect(kinds.filter(({firstAt}) => firstAt >= swapAt).map(({signature}) => signature)).toEqual(['New trouble *']);
});

test('log errors: minutes before the swap are told from the log as far as it reaches, unless somebody looked then', () => {
	const {log, look, samples} = begin();
	const id = {project: environment.project, environment: environment.name};
	const tried = environment.apps.backend?.health.withinMs ?? 0;
	log.write(line(swapAt - tried - 4.5 * minute, 'INFO', 'begun'));
	log.write(line(swapAt - tried - 1.5 * minute, 'ERROR', 'Old trouble'));
	log.swap();
	const {past, findings} = look(swapAt + minute);
	const [finding] = findings;
	if (!finding) throw new Error('nothing was found');
	samples.add(id, [{...finding, at: swapAt - tried - 3.5 * minute}]);
	keepPast({samples}, environment, past);

	expect(past.map(({errors}) => errors)).toEqual([0, 1, 0, 0]);
	expect(
		samples.read(id, {from: 0, until: swapAt}).map(({at, value}) => [(swapAt - tried - at) / minute, value]),
	).toEqual([
		[3.5, 0],
		[2, 0],
		[1, 1],
		[0, 0],
	]);
	expect(look(swapAt + 2 * minute).past).toEqual([]);
});

test('log errors: a log that can not be read is unclear, with why', () => {
	const errors = createLogErrors({samples: createMemorySamples()}, environment, host);
	errors.requests(swaps, undefined);

	expect(errors.take('clock 1 +0000\nfault 0 denied\nlogs end', 0).findings).toEqual([
		expect.objectContaining({state: 'unclear', text: 'Laravel log: may not be read by this login'}),
	]);
});

test('log errors: what was said before something failed is not why; where it is told all the same, its age is', () => {
	const {errors, log, look} = begin();
	log.write(line(swapAt - 9000, 'INFO', 'begun'));
	log.swap();
	look(swapAt + minute);
	log.write(line(swapAt + minute, 'ERROR', 'Something else'));
	look(swapAt + minute + 5 * second);
	look(swapAt + minute + 165 * second);
	const said = '11:29:00 IST error Something else';
	const failedAt = swapAt + minute + 160 * second;

	expect(errors.wordsOf('backend', {from: failedAt - minute})).toEqual([]);
	expect(errors.wordsOf('backend', {from: swapAt + minute - second})).toEqual([said]);
	expect(errors.wordsOf('backend', {from: failedAt, isAnyAge: true})).toEqual([`2 min ago: ${said}`]);
	expect(errors.wordsOf('backend')).toEqual([`2 min ago: ${said}`]);
});
