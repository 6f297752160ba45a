import {expect, test} from 'vitest';
import {hold, unlock} from '../../../src/app/ledger/hold.ts';
import {asha, now, ravi} from '../gates/evidence.ts';
import {fakeHosts, type FakeHosts} from '../fake-hosts.ts';

const holdAs = (hosts: FakeHosts, who: typeof asha, reason: string, minutes = 60): Promise<number> => {
	hosts.actor.current = who;
	return hold(hosts.services, {environment: hosts.to, apps: ['backend', 'frontend'], reason, minutes});
};

test('hold: is asked of the primary host with who, why and how long, and answers with its end', async () => {
	const hosts = fakeHosts();

	expect(await holdAs(hosts, ravi, 'load test', 90)).toBe(now + 90 * 60_000);

	expect(hosts.labels('preprod')).toEqual([]);
	expect(hosts.production.asked).toEqual([
		{
			label: 'hold',
			lane: 'run',
			as: undefined,
			signal: undefined,
			parameters: [
				'.cockpit/qsights/production',
				'Ravi%40thinkpad',
				'90',
				'"name":"Ravi","machine":"thinkpad","reason":"load test"',
				'"type":"environment.held","actor":{"name":"Ravi","machine":"thinkpad"},"data":{"apps":["backend","frontend"],"reason":"load test","minutes":90}',
				'"project":"qsights","environment":"production"',
				'backend',
				'frontend',
				'--',
				'/var/www/qsights/backend',
				'/var/www/qsights/.backend',
				'.cockpit/qsights/production',
				'qsights',
				'production',
				'backend',
			],
		},
	]);
});

test('hold: somebody else is told who holds it, until when and why; its owner may hold it longer', async () => {
	const hosts = fakeHosts();
	await holdAs(hosts, ravi, 'load test');

	await expect(holdAs(hosts, asha, 'mine')).rejects.toMatchObject({
		code: 'locked',
		what: 'Production is held already',
		why: 'Ravi on thinkpad holds it until Tue 10 Feb 12:20 IST: load test',
		now: 'Nothing was changed.',
		next: 'Ask Ravi, or end it: cockpit unlock --env production --reason ...',
	});
	expect(await holdAs(hosts, ravi, 'still', 120)).toBe(now + 120 * 60_000);
	hosts.production.time = now + 120 * 60_000;
	expect(await holdAs(hosts, asha, 'mine', 5)).toBe(now + 125 * 60_000);
});

test('hold: a hold on a shared desk is of whoever sits there: another machine is another owner', async () => {
	const hosts = fakeHosts();
	await holdAs(hosts, ravi, 'load test');

	await expect(holdAs(hosts, {...ravi, machine: 'desk'}, 'mine')).rejects.toMatchObject({code: 'locked'});
});

test.each([
	{what: 'says why it can not', fault: {code: 94, stderr: 'sh: disk full\n'}, why: 'sh: disk full'},
	{what: 'says nothing', fault: {code: 94}, why: 'exit 94'},
	{what: 'names no end', fault: {code: 0, stdout: 'done\n'}, why: 'exit 0'},
	{what: 'refuses without a holder', fault: {code: 96, stdout: 'hold\nnobody\n'}, why: 'exit 96'},
])('hold: a host that $what has not been held', async ({fault, why}) => {
	const hosts = fakeHosts();
	hosts.production.faults.set('hold', fault);

	await expect(holdAs(hosts, ravi, 'load test')).rejects.toMatchObject({
		code: 'step-failed',
		what: 'Production could not be held',
		why,
		now: 'Nothing was changed.',
	});
});

test('unlock: anybody ends it, in writing, and is told what was held', async () => {
	const hosts = fakeHosts();
	await holdAs(hosts, ravi, 'load test');
	hosts.actor.current = asha;
	const end = () =>
		unlock(hosts.services, {environment: hosts.to, apps: ['backend', 'frontend'], reason: 'Ravi is on leave'});

	expect(await end()).toEqual(['backend', 'frontend']);
	expect(hosts.production.asked.at(-1)).toMatchObject({
		label: 'lift-the-hold',
		lane: 'run',
		parameters: [
			'.cockpit/qsights/production',
			'',
			'"type":"environment.unlocked","actor":{"name":"Asha","machine":"mac"},"data":{"apps":["backend","frontend"],"reason":"Ravi is on leave"}',
			'backend',
			'frontend',
		],
	});
	expect(hosts.entriesOf('production').map(({type}) => type)).toEqual([
		'ledger.opened',
		'deploy.finished',
		'environment.held',
		'environment.unlocked',
	]);
	expect(await end()).toEqual([]);
	hosts.production.faults.set('lift-the-hold', {code: 1, stderr: 'sh: read-only\n'});
	await expect(end()).rejects.toMatchObject({code: 'step-failed', why: 'sh: read-only'});
});
