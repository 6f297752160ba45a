import type {HostReading} from '../../../../src/app/status/status.ts';
import type {LocalReading} from '../../../../src/app/runs/read-local.ts';
import {runFacts, type LedgerEntry} from '../../../../src/domain/ledger/ledger.ts';
import type {SessionStatus} from '../../../../src/domain/ports.ts';
import type {EnvironmentView} from '../../../../src/store/overview/overview.ts';
import {ledgerEntry, ledgerReading} from '../../../support/ledger.ts';

/** Tue 10 Feb 2026, 11:20:04 in India. */
export const storyNow = Date.parse('2026-02-10T05:50:04Z');
const second = 1000;
const hour = 3_600_000;

const builds = {
	'7f3a9c2': {commit: '7f3a9c2'.padEnd(40, '0'), digest: '9c41e07b'.padEnd(64, '0')},
	'4e81d0c': {commit: '4e81d0c'.padEnd(40, '0'), digest: '51d0aa13'.padEnd(64, '0')},
};

/** The two lines a deploy leaves. */
const deploy = (
	seq: number,
	who: string,
	finished: string,
	tookMs: number,
	build: keyof typeof builds,
	type = 'deploy.finished',
): readonly LedgerEntry[] => {
	const end = Date.parse(finished);
	const data = {run: `run-${seq}`, app: 'backend', build: builds[build], release: `release-${seq}`};
	return [
		ledgerEntry(seq - 1, new Date(end - tookMs).toISOString(), 'deploy.started', {who, data}),
		ledgerEntry(seq, finished, type, {who, data}),
	];
};

const preprodLedger: readonly LedgerEntry[] = [
	...deploy(1_830, 'Asha', '2026-02-03T09:10:00Z', 301 * second, '7f3a9c2', 'deploy.failed'),
	...deploy(1_842, 'Ravi', '2026-02-09T05:28:00Z', 287 * second, '7f3a9c2'),
];
const productionLedger: readonly LedgerEntry[] = [
	...deploy(902, 'Ravi', '2026-02-04T05:40:00Z', 391 * second, '4e81d0c'),
];

const reading = (ledger: readonly LedgerEntry[], used: string): HostReading => {
	const last = ledger.at(-1);
	return {
		time: storyNow - 4 * second,
		backend: {
			live: last && runFacts(last).release,
			isAdopted: true,
			commit: last && runFacts(last).build?.commit,
			digest: last && runFacts(last).build?.digest,
			by: last?.actor?.name,
			since: last && new Date(last.at).toISOString(),
		},
		services: ['php8.1-fpm', 'nginx'].map(unit => ({unit, state: 'active'})),
		disk: {freeKib: 30_273_437, used, inodesUsed: '9%'},
		locks: [],
		holds: [],
		ledger: ledgerReading(ledger),
	};
};

const samples = (durations: readonly number[]): NonNullable<EnvironmentView['samples']> =>
	durations.map((durationMs, index) => ({durationMs, at: storyNow - (durations.length - index) * 5 * second}));

const view = (
	base: Pick<EnvironmentView, 'name' | 'title' | 'tier'>,
	more: Partial<EnvironmentView> = {},
): EnvironmentView => ({...base, timeZone: 'Asia/Kolkata', status: undefined, readAt: undefined, ...more});

const health = (durationMs: number, days: number): NonNullable<EnvironmentView['health']> => ({
	url: 'https://preprod.qsights.test/api/health',
	answer: '200',
	durationMs,
	isGood: true,
	certificateUntil: storyNow + days * 24 * hour + hour,
	at: storyNow - 4 * second,
});

const names = {
	local: {name: 'local', title: 'Local', tier: 'local'},
	preprod: {name: 'preprod', title: 'Pre-Prod', tier: 'preprod'},
	production: {name: 'production', title: 'Production', tier: 'production'},
} as const;

/** Nothing has answered yet. */
export const unasked: readonly EnvironmentView[] = [view(names.local), view(names.preprod), view(names.production)];

/** All is well: one build on pre-prod, the one before in production, whose disk fills up. */
export const story: readonly EnvironmentView[] = [
	view(names.local),
	view(names.preprod, {
		status: reading(preprodLedger, '41%'),
		readAt: storyNow - 4 * second,
		nextAt: storyNow + second,
		health: health(84, 63),
		samples: samples([84, 110, 92, 84, 120, 160, 118, 90, 88, 121, 117, 84, 82, 84]),
	}),
	view(names.production, {
		status: reading(productionLedger, '78%'),
		readAt: storyNow - 4 * second,
		nextAt: storyNow + second,
		health: health(61, 41),
		samples: samples([61, 62, 70, 101, 70, 66, 40, 61, 64, 60, 104, 70, 66, 61]),
	}),
];

/** The story three minutes later; production has been silent since. */
export const staleNow = storyNow + 3 * 60 * second;
export const stale: readonly EnvironmentView[] = story.map((view): EnvironmentView => {
	const fresh = {readAt: staleNow - 4 * second, nextAt: staleNow + second};
	if (view.name === 'preprod' && view.health && view.status) {
		const {health, status} = view;
		return {
			...view,
			...fresh,
			status: {...status, time: staleNow - 4 * second},
			health: {...health, at: fresh.readAt},
		};
	}
	return view.name === 'production'
		? {
				...view,
				nextAt: staleNow + 8 * second,
				silence: {
					code: 'unreachable',
					why: 'production-1 timed out after 15 s.',
					next: 'Check the network.',
					since: storyNow,
					tries: 4,
				},
			}
		: view;
});

export const storyLocal: LocalReading & {readonly at: number} = {
	sources: {
		...builds['7f3a9c2'],
		branch: 'main',
		changed: 0,
		upstream: {name: 'origin/main', ahead: 0, behind: 0},
	},
	tools: {names: ['git', 'php', 'composer', 'node', 'npm'], missing: []},
	template: {name: '.env.local', isThere: true},
	isDebug: true,
	key: {name: 'qsights.pem', mode: 0o600},
	actor: {name: 'Ravi', machine: 'ravi-thinkpad'},
	at: storyNow,
};

export const storyLinks: Readonly<Record<string, SessionStatus>> = {
	preprod: {state: 'ready', since: storyNow - hour, rttMs: 12},
	production: {state: 'ready', since: storyNow - hour, rttMs: 18},
};

export const lostLinks: Readonly<Record<string, SessionStatus>> = {
	...storyLinks,
	production: {state: 'failed', since: storyNow, reason: 'timed out'},
};
