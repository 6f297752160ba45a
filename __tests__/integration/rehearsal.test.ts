import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {isDeep} from '../support/depth.ts';
import {type Finished, runCockpit} from '../support/cockpit.ts';
import {type Sandbox, startSandbox} from '../support/tui/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

/** The built product as one of two people at the same sandbox, each with a home of their own. */
const as = (name: string, ...args: readonly string[]): Promise<Finished> => {
	const home = join(sandbox.home, name);
	mkdirSync(home, {recursive: true});
	return runCockpit(args, {config: sandbox.config, home, environment: {COCKPIT_ACTOR: name}});
};

const output = ({stdout, stderr}: Finished): string => stdout + stderr;

test(
	'rehearsal: HOLD, three signatures of two people, GO, and production without a terminal',
	{timeout: 240_000},
	async () => {
		const held = await as('Meera', 'gate', 'backend', '--env', 'production', '--json');
		expect(held, output(held)).toMatchObject({code: 1, events: [{verdict: 'HOLD'}]});
		const words = ['--confirm', 'VERIFIED', '--confirm', 'DEPLOY-TO-PRODUCTION', '--migrate', 'run', '--json'];
		const tooEarly = await as('Meera', 'deploy', 'backend', '--env', 'production', ...words);
		expect(tooEarly, output(tooEarly)).toMatchObject({code: 1});

		const signatures = [
			await as('Meera', 'checklist', 'sign', 'scheduled-tasks', '--result', 'passed'),
			await as('Tom', 'checklist', 'sign', 'report-export', '--result', 'passed', '--value', '0'),
			await as('Tom', 'checklist', 'sign', 'approval-stability', '--result', 'passed', '--value', '24'),
		];
		for (const signature of signatures) expect(signature, output(signature)).toMatchObject({code: 0});
		const shown = await as('Meera', 'checklist', 'show', '--app', 'backend');
		expect(shown.stdout).toContain('Tom');
		expect(shown.stdout).toContain('Meera');

		const open = await as('Meera', 'gate', 'backend', '--env', 'production', '--json');
		expect(open, output(open)).toMatchObject({code: 0, events: [{verdict: 'GO'}]});
		const deployed = await as('Meera', 'deploy', 'backend', '--env', 'production', ...words);
		expect(deployed, output(deployed)).toMatchObject({code: 0});
		const answers = deployed.events.filter(({type}) => type === 'prompt.answered');
		expect(answers).toMatchObject([{choice: 'run'}]);

		const [preprod, production] = (await as('Tom', 'status', '--json')).events;
		const {commit} = (preprod?.['backend'] ?? {}) as {readonly commit?: string};
		expect(commit).toBeDefined();
		expect(production).toMatchObject({backend: {by: 'Meera', commit}});
		const back = await as(
			'Tom',
			'rollback',
			'backend',
			'--env',
			'production',
			'--to',
			'previous',
			'--confirm',
			'ROLLBACK',
		);
		expect(back, output(back)).toMatchObject({code: 0});
	},
);

if (isDeep)
	test(
		'rehearsal: the frontend is a NO-GO, on pre-prod the same build may be deployed again',
		{timeout: 240_000},
		async () => {
			const decided = await as('Tom', 'gate', 'frontend', '--env', 'production', '--json');
			expect(decided, output(decided)).toMatchObject({code: 1, events: [{verdict: 'NO-GO'}]});

			const deployed = await as('Tom', 'deploy', 'backend', '--env', 'preprod', '--confirm', 'yes');
			expect(deployed, output(deployed)).toMatchObject({code: 0});
			const again = await as('Tom', 'gate', 'backend', '--env', 'production', '--json');
			expect(again.events[0]?.['gates']).toContainEqual(
				expect.objectContaining({gate: 'soak', state: 'waiting'}),
			);
		},
	);

test(
	'rehearsal: a host goes back to what the old scripts left, and is taken over again',
	{timeout: 240_000},
	async () => {
		const undone = await as('Tom', 'adopt', '--env', 'preprod', '--undo');
		expect(undone, output(undone)).toMatchObject({code: 0});
		const [plain] = (await as('Tom', 'status', '--env', 'preprod', '--json')).events;
		expect(plain).toMatchObject({backend: {isAdopted: false}, frontend: {isAdopted: false}, bad: []});

		const adopted = await as('Tom', 'adopt', '--env', 'preprod');
		expect(adopted, output(adopted)).toMatchObject({code: 0});
		const [status] = (await as('Tom', 'status', '--env', 'preprod', '--json')).events;
		expect(status).toMatchObject({backend: {isAdopted: true, by: 'Tom'}, bad: []});
	},
);
