import {expect, test} from 'vitest';
import {holdApps, liftHolds, parseHold} from '../../../../src/commands/lock/hold/hold.ts';
import {notOwner} from '../../../../src/commands/lock/marker/marker.ts';
import {releaseLayout} from '../../../../src/commands/release-layout.ts';
import type {AppName} from '../../../../src/domain/environments/environment.ts';
import {claimOn, mark} from '../claims.ts';
import {createHostDirectory, type HostDirectory} from '../../host-directory.ts';

const both: readonly AppName[] = ['backend', 'frontend'];

const hold = (host: HostDirectory, owner: string, apps: readonly AppName[], minutes = 60) =>
	host.run(
		holdApps('state', apps, {
			claims: apps.map(app => claimOn(releaseLayout({path: `${host.root}/www/${app}`}), {app})),
			owner,
			minutes,
			about: {name: owner, machine: 'laptop', reason: `for ${owner}`},
			entry: {type: 'environment.held', actor: {name: owner, machine: 'laptop'}, data: {apps, minutes}},
			ledger: {project: 'qsights', environment: 'preprod'},
		}),
	);
const lift = (host: HostDirectory, owner: string, apps: readonly AppName[]) =>
	host.ok(liftHolds('state', apps, {owner, entry: {type: 'environment.unlocked', data: {apps}}}));
const holders = (host: HostDirectory): Promise<string> =>
	host.sh(
		'cd state/lock && for hold in *.hold; do [ -e "$hold" ] && cut -d " " -f 1 "$hold" | head -n 1; done || true',
	);
const types = async (host: HostDirectory): Promise<readonly string[]> =>
	(await host.sh('cat state/ledger.jsonl')).split('\n').map(line => (JSON.parse(line) as {type: string}).type);

test("hold: another person's is refused with who has it, and leaves nothing of what was asked", async () => {
	await using host = createHostDirectory();
	await hold(host, 'ravi', ['frontend']);

	const {code, stdout} = await hold(host, 'asha', both);

	expect(code).toBe(96);
	expect(parseHold(stdout.replace(/^hold\n/, ''))).toMatchObject({owner: 'ravi', name: 'ravi', reason: 'for ravi'});
	expect(await holders(host)).toBe('ravi');
	expect(await types(host)).toEqual(['ledger.opened', 'environment.held']);
});

test("hold: a live path that is somebody else's is not held, nor is the other app", async () => {
	await using host = createHostDirectory();
	await host.sh('mkdir -p www');
	const layout = releaseLayout({path: `${host.root}/www/frontend`});
	await mark(host, claimOn(layout, {app: 'frontend', environment: 'production', stateDirectory: 'other'}));

	const {code, stderr} = await hold(host, 'ravi', both);

	expect({code, stderr}).toEqual({code: notOwner, stderr: expect.stringContaining('belongs to qsights production')});
	expect(await holders(host)).toBe('');
	expect((await hold(host, 'ravi', ['backend'])).code).toBe(0);
});

test('hold: its owner takes it anew, and one whose time is over holds nobody', async () => {
	await using host = createHostDirectory();
	await hold(host, 'ravi', both, 0);

	expect((await hold(host, 'asha', both)).code).toBe(0);
	expect((await hold(host, 'asha', both, 5)).stdout).toMatch(/^until \d+\n$/);
	expect(await holders(host)).toBe('asha\nasha');
});

test("lift: ends the holds of one owner alone, or everybody's when nobody is named, and writes down only what it ended", async () => {
	await using host = createHostDirectory();
	await hold(host, 'ravi', ['backend']);
	await hold(host, 'run-1', ['frontend']);

	expect(await lift(host, 'asha', both)).toBe('');
	expect(await holders(host)).toBe('ravi\nrun-1');
	expect(await lift(host, 'run-1', both)).toBe('lifted frontend\n');
	expect(await holders(host)).toBe('ravi');
	expect(await lift(host, '', both)).toBe('lifted backend\n');
	expect(await holders(host)).toBe('');
	expect((await types(host)).filter(type => type === 'environment.unlocked')).toHaveLength(2);
});
