import type {ProbedHost} from '../../../src/domain/probes/probed-host.ts';

/** 10 Feb 2026, 11:20 IST. */
export const now = Date.parse('2026-02-10T05:50:00Z');
export const minutes = (count: number): number => count * 60_000;

/** A host where all is well: a swap five minutes ago, everything restarted right behind it. */
export const aHost = (changes: Partial<ProbedHost> = {}): ProbedHost => ({
	host: 'web-1',
	time: now,
	cores: 2,
	load: 0.5,
	memory: {totalBytes: 8e9, availableBytes: 4e9},
	disks: [{sizeBytes: 5e10, freeBytes: 4.2e9, usedPercent: 81, inodesPercent: 9}],
	units: [
		{
			unit: 'php8.1-fpm',
			state: 'active',
			sub: 'running',
			result: 'success',
			restarts: 0,
			since: now - minutes(13),
			pid: 800,
		},
	],
	unitWords: [],
	workers: [
		{pid: 800, parent: 1, kind: 'master', startedAt: now - minutes(13)},
		{pid: 812, parent: 800, kind: 'pool', startedAt: now - minutes(4)},
	],
	apps: {
		backend: {live: {release: '20260210T054500Z-7f3a9c2'}, swappedAt: now - minutes(5)},
		frontend: {live: {release: '20260210T054500Z-4e81d0c'}, swappedAt: now - minutes(5)},
	},
	buildId: 'hT3vQ9',
	pm2: {
		user: 'ubuntu',
		instances: [
			{
				name: 'site',
				pid: 900,
				status: 'online',
				restarts: 3,
				unstable: 0,
				startedAt: now - minutes(4),
				memoryBytes: 214e6,
			},
		],
		owners: [{pid: 901, command: 'node', startedAt: now - minutes(4), of: 'site'}],
	},
	...changes,
});
