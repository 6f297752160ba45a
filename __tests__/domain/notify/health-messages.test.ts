import {expect, test} from 'vitest';
import {healthMessages} from '../../../src/domain/notify/health-messages.ts';
import {reading, swapAt} from '../watch/a-watch.ts';

const preprod = {name: 'preprod', title: 'Pre-Prod', timeZone: 'Asia/Kolkata'};
const api = {probe: 'backend.health', title: 'API health', since: swapAt};
const worker = {probe: 'preprod-1.process.qsights', title: 'qsights', since: swapAt};
const until = swapAt + 120_000;
const found = [reading('backend.health', {state: 'fail', text: '502, not 200'})];

test('health: one message of all that has become bad, one of all that is well again', () => {
	expect(healthMessages(preprod, {until, worse: [api], well: [], bad: [api, worker], found})).toEqual([
		{
			event: 'unhealthy',
			environment: 'preprod',
			title: 'Pre-Prod is not healthy: API health',
			lines: [
				'API health: 502, not 200, since 11:28 IST',
				'Still not healthy: qsights',
				'Next: see what is wrong: cockpit logs --env preprod',
			],
			key: `unhealthy preprod ${until} backend.health`,
		},
	]);
	expect(healthMessages(preprod, {until, worse: [], well: [api, worker], bad: [], found: []})).toEqual([
		{
			event: 'healthy',
			environment: 'preprod',
			title: 'Pre-Prod is healthy again: API health, qsights',
			lines: ['API health: not healthy for 2 min', 'qsights: not healthy for 2 min'],
			key: `healthy preprod ${until} backend.health preprod-1.process.qsights`,
		},
	]);
	expect(healthMessages(preprod, {until, worse: [], well: [], bad: [worker], found})).toEqual([]);
});
