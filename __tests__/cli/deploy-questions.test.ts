import {expect, test} from 'vitest';
import type {Decision} from '../../src/app/gates/gate.ts';
import type {Cockpit} from '../../src/cli/cli-context.ts';
import {acceptableBy, askWords, type DeployPart} from '../../src/cli/deploy-questions.ts';
import type {Terminal} from '../../src/cli/terminal.ts';
import {noChecklists} from '../../src/domain/checklist/checklist.ts';
import {emergencyReview, now} from '../tui/screens/deploy/fixtures.ts';

const {decision} = emergencyReview;
const words = ['VERIFIED', 'DEPLOY-TO-PRODUCTION'];
const environment = {name: 'production', title: 'Production', tier: 'production', timeZone: 'Asia/Kolkata'};
const host = {name: 'production-1', address: '10.0.0.7', user: 'ubuntu'};

const part = (app: 'backend' | 'frontend'): DeployPart =>
	({
		app,
		decision,
		pipeline: {app, title: `Deploy ${app} 7f3a9c2 to Production`, environment, host, record: {digest: 'd'}},
	}) as unknown as DeployPart;

const cockpit = {
	environments: [environment],
	checklists: noChecklists,
	services: {ledgers: {read: () => Promise.resolve({entries: [], time: now})}},
} as unknown as Cockpit;

/** Answers in order; tells what was printed before each question, and the questions. */
const ask = async (parts: readonly DeployPart[], answers: readonly string[], toAccept?: string) => {
	const shown = [''];
	const questions: string[] = [];
	const terminal = {
		hasColour: false,
		out: (text: string) => void (shown[shown.length - 1] += text),
		ask: async (question: string) => {
			questions.push(question);
			shown.push('');
			return answers[questions.length - 1];
		},
	} as unknown as Terminal;
	const done = await askWords(terminal, cockpit, parts, {toAccept, words}).then(
		() => 'open',
		(error: unknown) => error,
	);
	return {shown, questions, done};
};

test('words: each is asked for under what it stands for, of both apps at once', async () => {
	const {shown, questions, done} = await ask([part('backend'), part('frontend')], words);

	expect(done).toBe('open');
	expect(questions).toEqual(words.map(word => `Type ${word} to go on, anything else to stop: `));
	const [first, second] = shown;
	for (const app of ['backend', 'frontend']) {
		expect(first).toContain(`Deploy ${app} 7f3a9c2 to Production  ubuntu@10.0.0.7\n`);
		expect(first).toContain(`  Deploy ${app} 7f3a9c2 to Production\n`);
	}
	expect(first).not.toContain('AFFECTS ALL LIVE USERS');
	expect(second).toContain('AFFECTS ALL LIVE USERS');
});

test('words: the first that is another ends it', async () => {
	const {questions, done} = await ask([part('backend')], ['verified', 'DEPLOY-TO-PRODUCTION']);

	expect(questions).toHaveLength(1);
	expect(done).toMatchObject({
		code: 'wrong-word',
		what: 'DEPLOYMENT BLOCKED: Deploy backend 7f3a9c2 to Production',
		now: 'Nothing was changed.',
	});
	expect((await ask([part('backend'), part('frontend')], [])).done).toMatchObject({
		what: 'DEPLOYMENT BLOCKED: both apps',
	});
});

test('words: a policy is accepted for all apps, or for none', () => {
	const gates = (accept?: string) => [{gate: 'policy', state: 'open', text: '', ...(accept ? {accept} : {})}];
	const of = (verdict: string, ...found: readonly object[]) =>
		({decision: {report: {verdict, gates: found}} as unknown as Decision}) as const;
	const open = of('GO');

	expect(acceptableBy([open, open])).toBeUndefined();
	expect(acceptableBy([of('HOLD', ...gates('4f2a')), open])).toBe('4f2a');
	expect(acceptableBy([of('HOLD', ...gates('4f2a')), of('HOLD', ...gates())])).toBeUndefined();
});
