import {expect, test} from 'vitest';
import {sharedMs, shareQuestions} from '../../../src/app/status/shared-questions.ts';
import {createFakeClock, createFakeServices, fakeEnvironment} from '../fake-services.ts';

const environments = [fakeEnvironment('preprod', 'preprod'), fakeEnvironment('production', 'production')] as const;

const asker = () => {
	const {clock, ...fake} = createFakeClock();
	const {services, host} = createFakeServices(clock, environments);
	const ask = shareQuestions({clock});
	const count = (name: string): number => host(name).asked.length;
	return {...fake, ask: (environment: (typeof environments)[number]) => ask(services, environment, {}), count};
};

test('shared questions: two who ask the same host at once hear one answer; another host is asked for itself', async () => {
	const {ask, count} = asker();
	const [preprod, production] = environments;

	const first = ask(preprod);
	const [one, two] = await Promise.all([first, ask(preprod)]);
	const alone = count('preprod');
	await ask(production);

	expect(one).toBe(two);
	expect(alone).toBeGreaterThan(0);
	expect(count('production')).toBe(alone);
});

test('shared questions: an answer is not given a second later', async () => {
	const {ask, count, advance} = asker();
	const [preprod] = environments;

	await ask(preprod);
	const once = count('preprod');
	await advance(sharedMs);
	await ask(preprod);

	expect(count('preprod')).toBe(2 * once);
});
