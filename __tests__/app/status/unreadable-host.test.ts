import {expect, test} from 'vitest';
import {readStatus} from '../../../src/app/status/status.ts';
import {createFakeClock, createFakeServices, fakeEnvironment} from '../fake-services.ts';

const environments = [fakeEnvironment('preprod', 'preprod'), fakeEnvironment('production', 'production')] as const;

test.each([
	{name: 'nothing', said: '', why: 'nothing'},
	{name: 'a greeting', said: 'loading tools... ', why: 'loading tools...'},
	{name: 'a time of 30 digits', said: `time ${'9'.repeat(30)}\nlive backend r1\n`, why: `time ${'9'.repeat(30)}`},
	{name: 'bytes that are no text', said: '\u0000\uFFFD\u001B[2Jtime', why: 'time'},
])('status: a host that answers $name is the problem of that host, and the other one is shown', async ({said, why}) => {
	const {clock} = createFakeClock();
	const {services, host} = createFakeServices(clock, environments);
	host('preprod').answer = () => said;

	const [preprod, production] = await readStatus(services, environments);

	expect(preprod).toMatchObject({
		environment: 'preprod',
		reachable: false,
		problem: {code: 'answer-unreadable', why: expect.stringContaining(why)},
	});
	expect(JSON.stringify(preprod)).toContain('exit 0');
	expect(JSON.stringify(preprod)).not.toMatch(/NaN|Invalid Date|\\u00/);
	expect(production).toMatchObject({environment: 'production', reachable: true});
});
