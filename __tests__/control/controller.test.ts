import {expect, test} from 'vitest';
import {controllerOf, type Parts} from '../../src/control/controller.ts';
import {quietController} from '../support/tui/quiet-cockpit.ts';

test('controller: starts, stops and refreshes every part that can be, and stop waits for the slowest', async () => {
	const told: string[] = [];
	const slow = Promise.withResolvers<void>();
	const part = (name: string) => ({
		start: () => void told.push(`start ${name}`),
		stop: () => slow.promise.then(() => void told.push(`stop ${name}`)),
		refresh: () => void told.push(`refresh ${name}`),
	});
	const {rollback, deploy, runs, backups, health, history, logs, checklist, environments, guides} = quietController();
	const parts: Parts = {
		overview: part('overview'),
		evidence: part('evidence'),
		rollback,
		deploy,
		runs,
		backups,
		health,
		history,
		logs,
		guides,
		checklist,
		environments,
	};
	const controller = controllerOf(parts);
	controller.start();
	controller.refresh();
	const stopping = controller.stop();
	expect(told).toEqual(['start overview', 'start evidence', 'refresh overview', 'refresh evidence']);
	slow.resolve();
	await stopping;

	expect(told.slice(4)).toEqual(['stop overview', 'stop evidence']);
	expect(controller.checklist).toBe(checklist);
});
