import type {PageFacts} from '../../../src/cli/page/page-facts.ts';

/** Tue 10 Feb 11:20 IST. */
export const now = Date.parse('2026-02-10T05:50:00Z');
const minute = 60_000;

const place = {name: 'production', title: 'Production', tier: 'production', timeZone: 'Asia/Kolkata'} as const;
const health = {url: 'https://prod.example.com/api/health', answer: '200', durationMs: 61, isGood: true};

/** A page with everything on it, and nothing hostile. */
export const facts: PageFacts = {
	project: 'qsights',
	madeAt: now,
	clock: 'production-1',
	timeZone: 'Asia/Kolkata',
	everyMs: 5 * minute,
	by: 'Ravi',
	version: '0.1.0',
	environments: [
		{
			name: 'local',
			title: 'Local',
			tier: 'local',
			timeZone: 'Asia/Kolkata',
			sources: [
				{app: 'backend', tree: {value: {commit: '7f3a9c2'.padEnd(40, '0'), branch: 'main', uncommitted: 2}}},
				{app: 'frontend', tree: {unknown: 'no commit yet'}},
			],
		},
		{
			...place,
			host: 'production-1',
			now,
			apps: [
				{
					app: 'backend',
					live: {
						live: '20260203T055341Z-4e81d0c',
						isAdopted: true,
						commit: '4e81d0c'.padEnd(40, '0'),
						digest: undefined,
						by: 'Asha',
						since: '2026-02-03T06:00:00Z',
					},
					health,
					past: [
						{at: now - 50 * minute, isGood: true, durationMs: 60},
						{at: now - 49 * minute, isGood: true, durationMs: 120},
						{at: now - 20 * minute, isGood: false, durationMs: 10_000},
						{at: now - 10 * minute, isGood: true, durationMs: 64},
					],
				},
			],
			services: [
				{unit: 'nginx', state: 'active'},
				{unit: 'php8.1-fpm', state: 'failed'},
			],
			processes: [{title: 'qsights-frontend', state: 'fail', text: '1 of 2 errored, restarted 16 times'}],
			diskUsed: '81%',
			locks: [],
		},
		{
			...place,
			name: 'dr',
			title: 'DR',
			host: 'dr-1',
			now: undefined,
			problem: {code: 'unreachable', why: 'timed out after 15 s', next: 'Check the network.'},
			apps: [{app: 'backend', health: {...health, answer: '502', isGood: false}, past: []}],
			services: [],
			processes: [],
			diskUsed: undefined,
			locks: [],
		},
	],
	boards: [
		{
			to: place,
			app: 'backend',
			commit: '7f3a9c2'.padEnd(40, '0'),
			now,
			report: {
				value: {
					verdict: 'HOLD',
					gates: [
						{gate: 'identity', state: 'met', text: 'source 9c41e07b'},
						{
							gate: 'soak',
							state: 'waiting',
							text: '21 h of 24 h',
							clears: 'wait',
							at: now + 180 * minute,
						},
					],
					nextSlot: Date.parse('2026-02-11T05:30:00Z'),
				},
			},
		},
		{
			to: place,
			app: 'frontend',
			commit: undefined,
			now: undefined,
			report: {unknown: 'the policy is not committed'},
		},
	],
	watches: [
		{
			report: {
				watch: {
					run: 'r1',
					kind: 'deploy',
					environment: 'production',
					app: 'backend',
					release: 'a',
					commit: '4e81d0c'.padEnd(40, '0'),
					by: 'Ravi',
					startedAt: now - 17 * minute,
					endsAt: now + 13 * minute,
					isRecorded: true,
					fired: [],
					accepted: [{probes: ['backend.health'], reason: 'known since Monday', by: 'Asha', at: now}],
				},
				now,
				phases: [
					{title: '0 to 15 min', from: now - 17 * minute, until: now - 2 * minute, state: 'over', items: []},
					{title: '15 to 30 min', from: now - 2 * minute, until: now + 13 * minute, state: 'now', items: []},
				],
				triggers: [
					{id: 'down', title: 'API not 200 twice in a row', state: 'quiet', text: '200, 206 of 206'},
					{id: 'errors', title: 'more than 5 errors a minute', state: 'unclear', text: 'not asked yet'},
				],
				comparisons: [],
				newSignatures: [],
				verdict: 'unclear',
				isBad: false,
				outcome: {outcome: 'unclear', text: 'nobody looked for 6 min 40 s from 11:10 IST on'},
			},
			title: 'Production',
			timeZone: 'Asia/Kolkata',
			worse: [],
		},
	],
	activity: [
		{
			id: 'production:7',
			at: now - 30 * minute,
			environment: 'production',
			outcome: 'deployed',
			who: 'Ravi',
			text: 'deployed backend 4e81d0c in 6 min 31 s',
			title: 'Production',
			timeZone: 'Asia/Kolkata',
		},
	],
};
