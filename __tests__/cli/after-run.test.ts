import {expect, test} from 'vitest';
import {signItem} from '../../src/app/checklist/sign-off.ts';
import {afterRun} from '../../src/cli/after-run.ts';
import type {Cockpit} from '../../src/cli/cli-context.ts';
import type {Terminal} from '../../src/cli/terminal.ts';
import {fakeHosts, type FakeHosts} from '../app/fake-hosts.ts';
import {checklists} from '../app/gates/evidence.ts';
import {sees200} from '../support/observation.ts';

const behind = async (hosts: FakeHosts, {json = false, isPromoted = true} = {}) => {
	const [out, err]: [string[], string[]] = [[], []];
	const terminal = {
		out: (text: string) => void out.push(text.trimEnd()),
		err: (text: string) => void err.push(text.trimEnd()),
	} as unknown as Terminal;
	const environments = isPromoted ? [hosts.from, hosts.to] : [hosts.from];
	const cockpit = {services: hosts.services, environments, checklists} as unknown as Cockpit;
	const options = {environment: hosts.from, apps: ['backend'], json, follows: false} as const;
	return {code: await afterRun(terminal, cockpit, options), out, err};
};

test('after a run where it is tested: how many items are to sign, and where they are shown', async () => {
	const hosts = fakeHosts();
	const before = await behind(hosts);
	expect(before.out).toEqual([
		expect.stringMatching(/^ {2}Sign {5}\d+ items? to sign: cockpit checklist show --env preprod --app backend$/),
	]);
	const count = Number(/\d+/.exec(before.out[0] ?? '')?.[0]);

	await signItem(hosts.services, {
		environment: hosts.from,
		checklists,
		finding: {item: 'one', result: 'passed', probe: sees200},
	});
	const left = (await behind(hosts)).out;
	expect(left).toEqual(count === 1 ? [] : [expect.stringContaining(`${count - 1} item`)]);
});

test('after a run where nothing is promoted from, and with --json: nothing is said of it', async () => {
	expect((await behind(fakeHosts(), {isPromoted: false})).out).toEqual([]);
	expect((await behind(fakeHosts(), {json: true})).out).toEqual([]);
});

test('after a run whose ledger can not be read: it is done all the same, and that is noted', async () => {
	const hosts = fakeHosts();
	hosts.preprod.isSilent = true;

	expect(await behind(hosts)).toEqual({
		code: 0,
		out: [],
		err: [
			expect.stringMatching(/^noted: what is to be signed is not known: .+ cockpit checklist show --env preprod/),
		],
	});
});
