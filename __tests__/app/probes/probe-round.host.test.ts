import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createProber} from '../../../src/app/probes/probe-round.ts';
import {loadEnvironments} from '../../../src/config/environments/load-environments.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import type {SessionManager} from '../../../src/domain/ports.ts';
import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.ts';
import {httpProbe} from '../../../src/services/probes/http-probe.ts';
import {createSessionManager} from '../../../src/services/ssh/session-manager.ts';
import {systemClock} from '../../../src/services/system-clock.ts';
import {sandboxPast} from '../../support/sandbox-past.ts';

let directory: string;
let sandbox: Sandbox;
let sessions: SessionManager;
let production: Environment;

beforeAll(async () => {
	directory = mkdtempSync(join(tmpdir(), 'cockpit-probes-'));
	sandbox = await startSandbox({directory: join(directory, 'box'), past: sandboxPast});
	const {environments} = await loadEnvironments(sandbox.config, {home: directory});
	const found = environments.find(({name}) => name === 'production');
	if (!found) throw new Error('the sandbox has no production');
	production = found;
	sessions = createSessionManager({environment: process.env});
});

afterAll(async () => {
	await sessions.close();
	await sandbox.close();
	rmSync(directory, {recursive: true, force: true});
});

test('a round tells what the hosts and the addresses of an environment say, by the clock of the host', async () => {
	const prober = createProber({sessions, probe: httpProbe, clock: systemClock}, {environment: production});

	const {readings, silent, at} = await prober.round();

	expect(silent).toEqual([]);
	expect(new Date(at).toISOString()).toMatch(/^2026-02-10T/);
	expect(readings.filter(({state}) => state !== 'pass')).toEqual([]);
	expect(readings.map(({probe}) => probe)).toEqual([
		'backend.health',
		'frontend.health',
		'production-1.service.php8.1-fpm',
		'production-1.service.nginx',
		'production-1.process.qsights-frontend',
		'production-1.disk',
		'production-1.inodes',
		'production-1.memory',
		'production-1.load',
	]);
});
