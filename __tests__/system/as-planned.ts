import {expect} from 'vitest';
import type {Finished} from '../support/cockpit.ts';
import type {RealHost} from '../support/real-host/start-real-host.ts';
import type {Lab} from './start-lab.ts';

/** What differs from run to run: ids, times, names made of them, and the record of what the gates found. */
const normalise = (line: string): string =>
	line
		.replaceAll(/,"promotion":\{"from":.*?\}\]\}/g, '')
		.replaceAll(/\d{8}T\d{6}Z-(?:backend|frontend)-[\da-f]{4}/g, 'RUN')
		.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'STARTED')
		.replaceAll(/\d{8}T\d{6}Z/g, 'STAMP')
		.replaceAll(/(backend|frontend|\.next)(_failed)?_\d{8}_\d{6}/g, '$1$2_TIME');

/** What the gates ask before the words and again under the lock, what is told of migrations, and that the driver is there. It changes nothing and is no step of the run. */
const isGateQuestion = (line: string): boolean =>
	/ (?:ask-for-the-status|read-the-ledger|stay-known|ask-for-runs|compare-live-with-what-was-deployed|list-and-hash-\S+|ask-which-migrations-ran|look-what-there-is-to-go-back-to|ask-what-lies-between|artisan-migrate:rollback---pretend) /.test(
		line,
	);

/** The watch behind a production run begins once that has ended, and is no step of it. */
const isBeginOfWatch = (line: string): boolean => / append-to-the-ledger .*"type":"watch\.started"/.test(line);

/** Takes one such line out of the list; whether there was one. */
const take = (lines: string[], line: string): boolean => {
	const index = lines.indexOf(line);
	if (index !== -1) lines.splice(index, 1);
	return index !== -1;
};

/**
 * Prints the plan of a run, runs it, and expects on the host exactly what the plan said: every line without a condition,
 * none that the plan does not know, and the plan itself touched nothing.
 */
export const runAsPlanned = async (lab: Lab, host: RealHost, ...args: readonly string[]): Promise<Finished> => {
	await host.clearRecord();
	const plan = await lab.cockpit(...args, '--plan', '--json');
	expect(plan.code, `${plan.stdout}\n${plan.stderr}`).toBe(0);
	expect(await host.readRecord()).toEqual([]);
	const planned = plan.events.filter(({on}) => on === 'host');
	const linesOf = (events: typeof planned): string[] => events.map(({line}) => normalise(String(line)));
	const expected = linesOf(planned.filter(({when}) => when === undefined));
	const conditional = linesOf(planned.filter(({when}) => when !== undefined));
	expect(expected.length).toBeGreaterThan(3);

	const finished = await lab.done(...args);
	const unplanned = (await host.readRecord())
		.map(({line}) => normalise(line ?? ''))
		.filter(line => !take(expected, line) && !take(conditional, line))
		.filter(line => !isGateQuestion(line) && !isBeginOfWatch(line));
	expect({unplanned, notExecuted: expected}).toEqual({unplanned: [], notExecuted: []});
	return finished;
};
