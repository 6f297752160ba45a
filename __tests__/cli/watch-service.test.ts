import {expect, test} from 'vitest';
import {codeOfLook, cronText, unitText} from '../../src/cli/watch-service.ts';
import type {WatchReport} from '../../src/domain/watch/watch-report.ts';
import {aWatch, swapAt} from '../domain/watch/a-watch.ts';
import type {Environment} from '../../src/domain/environments/environment.ts';

const environment = {
	project: 'qsights',
	name: 'production',
	file: '/srv/100% "ours"/environments/production.yaml',
} as Environment;
const command = ['/usr/bin/node', '/opt/$cockpit/bin/cockpit'];

test('unit: systemd gets the very arguments, whatever stands in them', () => {
	const line = unitText(command, environment, {every: '5m'})
		.split('\n')
		.find(text => text.startsWith('ExecStart='));
	expect(line).toBe(
		String.raw`ExecStart="/usr/bin/node" "/opt/$$cockpit/bin/cockpit" "--config" "/srv/100%% \"ours\"" "watch" "--env" "production" "--every" "5m"`,
	);
});

test('unit: paths are absolute, it starts again by itself, and no secret stands in it', () => {
	const text = unitText(['/opt/$node/bin/node', 'cockpit'], environment, {every: '5m', html: 'out/100%.html'});
	// Of the program systemd reads a dollar as it is.
	expect(text).toContain('ExecStart="/opt/$node/bin/node" ');
	expect(text).toContain(`"--html" "${process.cwd()}/out/100%%.html"`);
	expect(text).toMatch(/^Restart=always$/m);
	expect(text).toMatch(/^EnvironmentFile=-\/etc\/cockpit\/qsights\.env$/m);
	expect(text).not.toMatch(/^Environment=/m);
});

test.each([
	[5, '*/5'],
	[7, '*/6'],
	[1, '*/1'],
	[0.5, '*/1'],
	[90, '*/30'],
])('cron: each %d minutes is %s', (minutes, step) => {
	expect(cronText(command, environment, {everyMs: minutes * 60_000})).toBe(
		`${step} * * * * /usr/bin/node '/opt/$cockpit/bin/cockpit' --config '/srv/100\\% "ours"' watch --env production --every ${step.slice(2)}m --once\n`,
	);
});

test('once: 7 is of what this look names: bad health or a watch that goes on badly, not one that has ended', () => {
	const report = (isBad: boolean, isEnded = false) =>
		({
			watch: aWatch(isEnded ? {ended: {at: swapAt, by: 'Ravi', outcome: 'bad'}} : {}),
			isBad,
		}) as unknown as WatchReport;
	expect(codeOfLook({reports: [report(true, true)]}, {isHealthy: true})).toBe(0);
	expect(codeOfLook({reports: []}, {isHealthy: false})).toBe(7);
	expect(codeOfLook({reports: [report(true)]}, {isHealthy: true})).toBe(7);
	expect(codeOfLook({reports: [report(false)]}, {isHealthy: true})).toBe(0);
});
