import {existsSync, readdirSync, utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {leaveHere, parseWhoIsHere, sayWhoIsHere} from '../../../../src/commands/lock/presence/presence.ts';
import {createHostDirectory} from '../../host-directory.ts';

const ravi = {name: 'Ravi', machine: 'ravi-thinkpad'};
const asha = {name: `Asha 'A' $(touch pwned) ../../x`, machine: '.mac'};

test('presence: everybody who said so lately is listed, whatever they are called; who leaves is not', async () => {
	await using host = createHostDirectory();
	await host.ok(sayWhoIsHere('state', {actor: asha, section: 'Approval'}));
	const here = parseWhoIsHere(await host.ok(sayWhoIsHere('state', {actor: ravi, section: 'Pages "and" sign-in'})));

	expect(here.toSorted((a, b) => a.name.localeCompare(b.name))).toMatchObject([
		{...asha, section: 'Approval'},
		{...ravi, section: 'Pages "and" sign-in'},
	]);
	expect(existsSync(join(host.root, 'pwned'))).toBe(false);
	await host.ok(leaveHere('state', asha));
	expect(parseWhoIsHere(await host.ok(sayWhoIsHere('state', {actor: ravi, section: ''})))).toMatchObject([ravi]);
});

test('presence: who said nothing for 30 s is left out, and what is a day old or no line of ours does no harm', async () => {
	await using host = createHostDirectory();
	await host.ok(sayWhoIsHere('state', {actor: asha, section: ''}));
	const directory = join(host.root, 'state/here');
	const [file = ''] = readdirSync(directory);
	const ago = (seconds: number): void => {
		const then = Date.now() / 1000 - seconds;
		utimesSync(join(directory, file), then, then);
	};
	writeFileSync(join(directory, 'junk'), 'not JSON\n');
	ago(40);
	expect(parseWhoIsHere(await host.ok(sayWhoIsHere('state', {actor: ravi, section: ''})))).toMatchObject([ravi]);
	expect(readdirSync(directory)).toContain(file);
	ago(100_000);
	await host.ok(sayWhoIsHere('state', {actor: ravi, section: ''}));
	expect(readdirSync(directory)).not.toContain(file);
});
