import type {Decision} from '../../../../src/app/gates/gate.ts';
import type {ChecklistItem} from '../../../../src/domain/checklist/checklist.ts';
import {decide, type GateFacts, type GatePolicy} from '../../../../src/domain/gates/gates.ts';
import {redeploySlots, type RedeploySlots} from '../../../../src/domain/gates/redeploy-slots.ts';
import type {ItemState} from '../../../../src/domain/checklist/sign-off.ts';

const ist = (time: string): number => Date.parse(`${time}+05:30`);

const item = (id: string, title: string): ChecklistItem => ({
	id,
	title,
	scope: 'frontend',
	how: 'Look at it.',
	why: 'It matters.',
	answer: {kind: 'tick'},
	mayNotApply: true,
	digest: `text of ${id}`,
});

const passed = (id: string): ItemState => ({
	item: item(id, id),
	state: 'passed',
	signOff: undefined,
	isCarried: false,
	standing: [],
	history: [],
});

const open = (id: string, title: string): ItemState => ({...passed(id), item: item(id, title), state: 'open'});

const found = (
	one: ItemState,
	state: 'failed' | 'unclear',
	{by, who, at, value}: {by: 'person' | 'probe'; who: string; at: string; value: string},
): ItemState => ({
	...one,
	state,
	signOff: {
		seq: 1,
		at: ist(at),
		actor: {name: who, machine: 'm'},
		item: one.item.id,
		result: state,
		by,
		value,
		builds: {},
		itemDigest: one.item.digest,
		supersedes: [],
	},
});

/** 40 of 46: one failed, one unclear, four open, not in that order. */
export const items: readonly ItemState[] = [
	open('print-view', 'Print view of a report'),
	...Array.from({length: 40}, (_, index) => passed(`item-${index}`)),
	found(open('console', 'No console errors on 10 pages'), 'unclear', {
		by: 'probe',
		who: 'Ravi',
		at: '2026-02-10T10:31',
		value: '6 of 10 loads',
	}),
	open('csp', 'Content-Security-Policy is set'),
	found(open('home-fast', 'Home page loads under 3 s'), 'failed', {
		by: 'person',
		who: 'Asha',
		at: '2026-02-10T10:47',
		value: '3.4 s median',
	}),
	open('stakeholders', 'Stakeholders know date and risk'),
	open('two-people', 'Two people read the rollback'),
];

export const policy: GatePolicy = {
	timeZone: 'Asia/Kolkata',
	window: {days: ['Tue', 'Wed'], from: '11:00', until: '14:00', notBeforeHolidays: true},
	soakHours: 24,
	approvals: 0,
};

const live = {
	release: 'r7',
	build: {commit: '7f3a9c2'.padEnd(40, '0'), digest: 'd1'.repeat(32)},
	seq: 41,
	since: ist('2026-02-09T14:05'),
	by: 'Asha',
	isHealthy: true,
};

/** The frontend of the picture: a failed item, a failed probe, a soak that goes on. */
export const factsAt = (now: number): GateFacts => ({
	app: 'frontend',
	policy: {value: {commit: 'c'.repeat(40), digest: 'e'.repeat(64), changes: [], isAccepted: false, differs: []}},
	build: {value: {...live.build, uncommitted: 0}},
	from: {
		title: 'Pre-Prod',
		ledgerFault: undefined,
		live: {value: live},
		release: {value: 'r7'},
		drift: {value: []},
		health: {value: {isGood: true, text: '200 in 80 ms'}},
		now: {value: now},
	},
	items: {value: items},
	probes: {
		value: [
			{item: 'up', title: 'The site answers', outcome: 'passed', text: '200 in 80 ms'},
			{item: 'home-fast', title: 'Home page loads under 3 s', outcome: 'failed', text: '3400 ms, limit 3000 ms'},
		],
	},
	to: {title: 'Production', now: {value: now}, lock: {value: {state: 'free'}}},
	approvals: {value: []},
	usualMs: 600_000,
});

/** A decision on production, and when it could go after a new deploy to pre-prod. */
export const decisionOf = (
	facts: GateFacts,
	terms: GatePolicy = policy,
): {readonly decision: Decision; readonly afterRedeploy: RedeploySlots | undefined} => {
	const report = decide(facts, terms);
	const {now} = facts.to;
	const preprod = {
		timeZone: 'Asia/Kolkata',
		window: {
			days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'] as const,
			from: '10:00',
			until: '16:00',
			notBeforeHolidays: false,
		},
	};
	return {
		decision: {
			report,
			evidence: {
				facts,
				ledger: undefined,
				target: undefined,
				items: 'value' in facts.items ? facts.items.value : [],
				actor: {name: 'Ravi', machine: 'ravi-thinkpad'},
			},
			words: ['VERIFIED', 'DEPLOY-TO-PRODUCTION'],
			weaker: [],
			promotion: {
				from: 'preprod',
				witness: null,
				gates: report.gates.map(({gate, state, text}) => ({gate, state, text})),
			},
		},
		afterRedeploy:
			'value' in now
				? redeploySlots({from: preprod, policy: terms, now: now.value, usualMs: facts.usualMs})
				: undefined,
	};
};

/** The same by an emergency profile of one hour, no window and one approval. */
export const emergencyOf = (facts: GateFacts, reason: string): ReturnType<typeof decisionOf> => {
	const {window: _, ...common} = policy;
	const {decision, afterRedeploy} = decisionOf(facts, {...common, soakHours: 1, approvals: 1, emergency: reason});
	return {
		decision: {
			...decision,
			...(decision.promotion ? {promotion: {...decision.promotion, emergency: reason}} : {}),
			emergency: {
				reason,
				asksLess: ['soak 24 h, now 1 h', 'window Tue/Wed 11:00 to 14:00, now none'],
				reviewBy: 'value' in facts.to.now ? facts.to.now.value + 48 * 3_600_000 : undefined,
			},
		},
		afterRedeploy,
	};
};
