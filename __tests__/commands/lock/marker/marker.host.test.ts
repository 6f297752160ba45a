import {describe, expect, test} from 'vitest';
import {prepareFirstRelease} from '../../../../src/commands/adoption/adoption.ts';
import {holdApps} from '../../../../src/commands/lock/hold/hold.ts';
import askMarker from '../../../../src/commands/lock/marker/marker.sh';
import {claimParameters, notOwner, parseNotOwner, type Claim} from '../../../../src/commands/lock/marker/marker.ts';
import {takeLock} from '../../../../src/commands/lock/lock.ts';
import {releaseLayout} from '../../../../src/commands/release-layout.ts';
import {program} from '../../../../src/commands/shell.ts';
import {prepareLink, swapBack, swapLink} from '../../../../src/commands/releases/swap.ts';
import type {Ended} from '../../../support/run-program.ts';
import {claimOn, mark} from '../claims.ts';
import {createHostDirectory, listing, me, type HostDirectory} from '../../host-directory.ts';

const run = 'run';
const live = '20260210T055341Z-7f3a9c2';

const setUp = async (host: HostDirectory, name = 'backend') => {
	const layout = releaseLayout({path: `${host.root}/www/${name}`});
	await host.sh(
		'mkdir -p "$1/next" "$1/$2" && ln -s "$3" "$4"',
		layout.releases,
		live,
		`.${name}/releases/${live}`,
		layout.live,
	);
	return claimOn(layout);
};

/** What a ledger has about the live release. */
const know = (host: HostDirectory, directory: string, type: string, release = live): Promise<string> =>
	host.sh(
		`mkdir -p -- "$1" && printf '{"seq":1,"type":"%s","data":{"app":"backend","release":"%s"}}\\n' "$2" "$3" >>"$1/ledger.jsonl"`,
		directory,
		type,
		release,
	);

const take = (
	host: HostDirectory,
	claim: Claim,
	more: {readonly attempt?: number; readonly urgency?: 'urgent'} = {},
): Promise<Ended> =>
	host.run(
		takeLock(
			{directory: claim.stateDirectory, app: claim.app, run},
			{attempt: 1, holder: {}, record: {}, entry: {type: 'deploy.started'}, claim, ...more},
		),
	);

const owner = (host: HostDirectory, {layout}: Claim): Promise<string> =>
	host.sh('cat -- "$1/owner" 2>/dev/null || echo none', layout.base);

const others: readonly {readonly name: string; readonly change: Partial<Claim>}[] = [
	{name: 'another environment', change: {environment: 'staging'}},
	{
		name: 'another environment with a state directory of its own',
		change: {environment: 'staging', stateDirectory: 'state of staging'},
	},
	{name: 'another project', change: {project: 'qsight'}},
	{name: 'the same names with another state directory', change: {stateDirectory: 'other'}},
	{name: 'the app under another name', change: {app: 'frontend'}},
	{name: 'a name that only begins the same', change: {environment: 'preprod-2'}},
	{name: 'a name in other letters', change: {environment: 'Preprod'}},
];

describe.concurrent('marker', () => {
	test.each(others)('$name: gets no lock, and a swap leaves live as it is', async ({change}) => {
		await using host = createHostDirectory();
		const claim = await setUp(host);
		await mark(host, claim);
		const other = {...claim, ...change};
		await host.sh('mkdir -p -- "$1/jobs/run" && echo next >"$1/jobs/run/previous"', other.stateDirectory);
		await host.ok(prepareLink(claim.layout, 'next'));
		const before = listing(host, 'www');

		const refused = await Promise.all([
			take(host, other),
			take(host, other, {urgency: 'urgent'}),
			host.run(swapLink(other)),
		]);
		refused.push(await host.run(swapBack(other, run)));

		expect(refused.map(({code}) => code)).toEqual([notOwner, notOwner, notOwner, notOwner]);
		for (const {stderr} of refused)
			expect(parseNotOwner(stderr)).toEqual({
				why: `${claim.layout.live} belongs to qsights preprod (backend, state directory ${host.root}/state), not to ${other.project} ${other.environment} (${other.app}, state directory ${host.root}/${other.stateDirectory})`,
				next: `Use that environment, or give ${other.environment} a path of its own: apps.${other.app}.path`,
			});
		expect(listing(host, 'www')).toBe(before);
		expect(await host.sh('ls -A -- "$1/lock"', other.stateDirectory)).toBe(`${other.app}.flock`);
	});

	test('its own: gets the lock, and swaps', async () => {
		await using host = createHostDirectory();
		const claim = await setUp(host);
		await mark(host, claim);

		expect((await take(host, claim)).code).toBe(0);
		await host.ok(prepareLink(claim.layout, 'next'));
		await host.ok(swapLink(claim));
		expect(await host.sh('readlink -- "$1"', claim.layout.live)).toBe('.backend/releases/next');
	});

	test('the state directory under another name of the same directory is the same one', async () => {
		await using host = createHostDirectory();
		const claim = await setUp(host);
		await mark(host, claim);
		await host.sh('ln -s state elsewhere; mkdir moved; mv state moved/state; ln -s moved/state state');

		expect((await take(host, {...claim, stateDirectory: 'elsewhere'})).code).toBe(0);
	});

	test('a live path reached through a symlinked parent has the same owner', async () => {
		await using host = createHostDirectory();
		const claim = await setUp(host);
		await mark(host, claim);
		await host.sh('ln -s www web');
		const layout = releaseLayout({path: `${host.root}/web/backend`});

		expect((await take(host, {...claim, environment: 'staging', layout})).code).toBe(notOwner);
		expect((await take(host, {...claim, layout})).code).toBe(0);
	});

	test('a relative state directory is not looked for along CDPATH, and nothing is printed of it', async () => {
		await using host = createHostDirectory();
		const claim = await setUp(host);
		await mark(host, claim);
		await host.sh('mkdir -p other/state');
		const command = program(
			'look',
			`CDPATH=$HOME/other\nexport CDPATH\n${askMarker}\nlook_at_marker "$@"`,
			claimParameters(claim),
		);

		expect(await host.run(command)).toMatchObject({code: 0, stdout: ''});
	});

	test.each([
		'',
		'\n',
		'qsights preprod\n',
		'project qsights\nenvironment preprod\napp backend\n',
		'project qsights\nenvironment preprod\napp backend\nstate .cockpit\n',
		'project qsights\nenvironment preprod\napp backend\nstate /nowhere\nmore\n',
		'environment preprod\nproject qsights\napp backend\nstate /nowhere\n',
	])("%j says nobody's name: closed for everybody, also for a rollback, which is told how to go on", async text => {
		await using host = createHostDirectory();
		const claim = await setUp(host);
		await know(host, 'state', 'deploy.finished');
		await host.sh('printf %s "$1" >"$2/owner"', text, claim.layout.base);
		await host.ok(prepareLink(claim.layout, 'next'));

		const refused = [
			await take(host, claim),
			await take(host, claim, {urgency: 'urgent'}),
			await host.run(swapLink(claim)),
		];
		expect(refused.map(({code}) => code)).toEqual([notOwner, notOwner, notOwner]);

		const [, line = ''] =
			/say so on the host: (.*)$/.exec(parseNotOwner(refused[1]?.stderr ?? '')?.next ?? '') ?? [];
		await host.sh(line);
		expect((await take(host, claim, {urgency: 'urgent'})).code).toBe(0);
		await host.ok(swapLink(claim));
	});

	test('one that can not be read closes', async () => {
		await using host = createHostDirectory();
		const claim = await setUp(host);
		await know(host, 'state', 'deploy.finished');
		await host.sh('mkdir -- "$1/owner"', claim.layout.base);
		expect((await take(host, claim)).code).toBe(notOwner);
		await host.sh('rmdir -- "$1/owner" && ln -s /nowhere/at/all "$1/owner"', claim.layout.base);
		expect((await take(host, claim)).code).toBe(notOwner);
	});
});

describe.concurrent('marker of a path that an earlier version adopted', () => {
	test.each(['adopt.finished', 'deploy.finished', 'deploy.failed', 'rollback.finished'])(
		'a ledger that has %s of the live release: the first lock writes it',
		async type => {
			await using host = createHostDirectory();
			const claim = await setUp(host);
			await know(host, 'state', type);

			expect((await take(host, claim)).code).toBe(0);
			expect(await owner(host, claim)).toBe(
				`project qsights\nenvironment preprod\napp backend\nstate ${host.root}/state`,
			);
			expect(await host.sh('stat -c %a -- "$1/owner"; ls -A -- "$1"', claim.layout.base)).toBe(
				'644\nowner\nreleases',
			);
			expect((await take(host, {...claim, environment: 'staging', stateDirectory: 'other'})).code).toBe(notOwner);
		},
	);

	test.each([
		{name: 'an empty ledger', leave: async () => undefined},
		{
			name: 'a ledger of other releases',
			leave: (host: HostDirectory) => know(host, 'state', 'deploy.finished', 'next'),
		},
		{
			name: 'a ledger that only mentions it',
			leave: (host: HostDirectory) => know(host, 'state', 'checklist.signed'),
		},
		{
			name: 'a ledger that knows one whose name is longer',
			leave: (host: HostDirectory) => know(host, 'state', 'deploy.finished', `${live}-b`),
		},
	])('$name: no lock, no swap, no marker, and how to go on', async ({leave}) => {
		await using host = createHostDirectory();
		const claim = await setUp(host);
		await host.sh('mkdir -p state');
		await leave(host);
		await host.ok(prepareLink(claim.layout, 'next'));

		const refused = [
			await take(host, claim),
			await take(host, claim, {urgency: 'urgent'}),
			await host.run(swapLink(claim)),
		];

		expect(refused.map(({code}) => code)).toEqual([notOwner, notOwner, notOwner]);
		const found = parseNotOwner(refused[0]?.stderr ?? '');
		expect(found?.why).toContain(`leads to .backend/releases/${live}, which the ledger of qsights preprod`);
		expect(await owner(host, claim)).toBe('none');
		await host.sh(/say so on the host: (.*)$/.exec(found?.next ?? '')?.[1] ?? 'exit 1');
		expect((await take(host, claim)).code).toBe(0);
	});

	test("a link that leads somewhere else is nobody's, whatever the last part of its name", async () => {
		await using host = createHostDirectory();
		const claim = await setUp(host);
		await know(host, 'state', 'deploy.finished');
		await host.sh('mkdir -p "elsewhere/$1" && ln -sfn "$PWD/elsewhere/$1" "$2"', live, claim.layout.live);

		expect((await take(host, claim)).code).toBe(notOwner);
	});

	test('a run that goes on from before holds its lock, though its release is not in the ledger yet', async () => {
		await using host = createHostDirectory();
		const claim = await setUp(host);
		await host.ok(
			takeLock({directory: 'state', app: 'backend', run}, {attempt: 1, holder: {}, record: {}, entry: {}}),
		);

		expect((await take(host, claim, {attempt: 2})).code).toBe(0);
		expect(await owner(host, claim)).toContain('environment preprod');
	});

	test('a rollback goes on where the marker can not be written, a deploy does not', async () => {
		await using host = createHostDirectory({tee: '#!/bin/sh\necho No space left on device >&2\nexit 1\n'});
		const claim = await setUp(host);
		await know(host, 'state', 'deploy.finished');

		expect((await take(host, claim)).code).toBe(notOwner);
		const {code, stdout} = await take(host, claim, {urgency: 'urgent'});
		expect({code, stdout}).toMatchObject({code: 0, stdout: expect.stringContaining('noted: ')});
		await host.ok(prepareLink(claim.layout, 'next'));
		await host.ok(swapLink(claim));
	});

	test('a rollback with a ledger that can not be read goes by what else the state directory knows', async () => {
		await using host = createHostDirectory();
		const claim = await setUp(host);
		await host.sh('mkdir -p state/manifests/backend state/ledger.jsonl && : >"state/manifests/backend/$1"', live);

		expect((await take(host, claim)).code).toBe(notOwner);
		expect((await take(host, claim, {urgency: 'urgent'})).code).toBe(0);
	});
});

test('marker of a path where nothing is live yet: comes with the first swap, and only one gets it', async () => {
	await using host = createHostDirectory();
	const claim = await setUp(host);
	const other = {...claim, environment: 'staging', stateDirectory: 'other'};
	await host.sh('rm -- "$1"; mkdir -p other', claim.layout.live);
	expect((await take(host, claim)).code).toBe(0);
	expect((await take(host, other)).code).toBe(0);
	expect(await owner(host, claim)).toBe('none');

	await host.ok(prepareLink(claim.layout, 'next'));
	await host.ok(swapLink(claim));
	await host.ok(prepareLink(claim.layout, live));

	expect((await host.run(swapLink(other))).code).toBe(notOwner);
	expect(await owner(host, claim)).toContain('environment preprod');
	expect(await host.sh('readlink -- "$1"', claim.layout.live)).toBe('.backend/releases/next');
});

test('marker: a plain directory is never swapped, with or without one', async () => {
	await using host = createHostDirectory();
	const claim = await setUp(host);
	await host.sh('rm -- "$1" && mkdir -p -- "$1" state', claim.layout.live);
	await host.ok(prepareLink(claim.layout, 'next'));

	const {code, stderr} = await host.run(swapLink(claim));
	expect({code, next: parseNotOwner(stderr)?.next}).toEqual({
		code: notOwner,
		next: 'Take it over first: cockpit adopt --env preprod',
	});
	await mark(host, claim);
	expect((await host.run(swapLink(claim))).code).not.toBe(0);
});

/** Where a path of another environment may lie so that production changes with it. `%`: the live release. */
const around: readonly {
	readonly name: string;
	readonly path: string;
	readonly words: string;
	readonly make?: string;
}[] = [
	{name: 'in the live release', path: 'www/backend/app', words: 'lies behind /www/backend'},
	{
		name: 'in it, through a symlinked parent',
		path: 'w/backend/app',
		words: 'lies behind /www/backend',
		make: 'ln -s www w',
	},
	{
		name: 'in it, two links away',
		path: 'x/y/code',
		words: 'lies behind /www/backend',
		make: 'mkdir x w && ln -s ../w/b x/y && ln -s ../www/backend/app w/b',
	},
	{name: 'in it, where nothing is yet', path: 'www/backend/new/app', words: 'lies behind /www/backend', make: ''},
	{name: 'a release', path: 'www/.backend/releases/%', words: 'lies behind /www/backend'},
	{name: 'what is shared', path: 'www/.backend/shared/storage/app', words: 'lies behind /www/backend'},
	{name: 'the base itself', path: 'www/.backend', words: 'holds /www/backend'},
	{name: 'the directory above', path: 'www', words: 'holds /www/backend'},
	{name: 'two above', path: 'srv', words: 'holds /srv/a/www/backend', make: 'mkdir -p srv/a && mv www srv/a/www'},
];

test.each(around)(
	'marker: $name is not for another environment to lock, adopt, hold or swap',
	async ({path, words, make = ''}) => {
		await using host = createHostDirectory();
		const claim = await setUp(host);
		await mark(host, claim);
		const release = `${claim.layout.releases}/${live}`;
		await host.sh(
			'mkdir -p "$1/app/code" "$2/storage/app" other/jobs/run && echo next >other/jobs/run/previous',
			release,
			claim.layout.shared,
		);
		await host.sh(make);
		const layout = releaseLayout({path: `${host.root}/${path.replace('%', live)}`});
		const other = {...claim, environment: 'staging', stateDirectory: 'other', layout};
		const before = listing(host, '.');

		const refused = [
			await take(host, other),
			await take(host, other, {urgency: 'urgent'}),
			await host.run(swapLink(other)),
			await host.run(
				prepareFirstRelease({
					claim: other,
					release: 'r',
					target: {owner: me, group: me, directoryMode: 0o755, shared: {directories: [], files: []}},
				}),
			),
			await host.run(
				holdApps('other', ['backend'], {
					claims: [other],
					owner: 'me',
					minutes: 5,
					about: {},
					entry: {},
					ledger: {project: 'qsights', environment: 'staging'},
				}),
			),
		];

		for (const [index, {code, stderr, stdout}] of refused.entries()) {
			// No directory to take over, which is told first.
			if (index === 3 && make === '' && path.endsWith('new/app')) continue;
			expect({index, stdout, ...parseNotOwner(stderr), code}).toEqual({
				index,
				stdout: '',
				why: `${layout.live} ${words.replace('/', `${host.root}/`)}, which belongs to qsights preprod (backend, state directory ${host.root}/state)`,
				next: 'Give staging a path of its own: apps.backend.path',
				code: notOwner,
			});
		}
		expect(listing(host, '.').replaceAll(/^"other.*\n/gm, '')).toBe(before.replaceAll(/^"other.*\n/gm, ''));
	},
);

test('marker: one that an earlier version adopted, and never marked, is not for others either', async () => {
	await using host = createHostDirectory();
	const claim = await setUp(host);
	await host.sh('mkdir -p other "$1/$2/app"', claim.layout.releases, live);
	const at = (path: string): Claim => ({
		...claim,
		environment: 'staging',
		stateDirectory: 'other',
		layout: releaseLayout({path: `${host.root}/${path}`}),
	});

	for (const [path, words] of [
		['www/backend/app', 'lies behind'],
		['www', 'holds'],
	] as const) {
		const {code, stderr} = await take(host, at(path));
		expect({code, why: parseNotOwner(stderr)?.why}).toEqual({
			code: notOwner,
			why: `${host.root}/${path} ${words} ${host.root}/www/backend, which belongs to whoever deployed it: nothing beside it says who that is`,
		});
	}
});

test('marker: a directory that is just being adopted holds nobody else either, and what lies beside is free', async () => {
	await using host = createHostDirectory();
	const claim = await setUp(host);
	await mark(host, claim);
	await host.sh(
		'rm "$1"; mkdir -p "$1/app" www/frontend www/.hidden/backend other; echo text >www/.hidden/owner-of',
		claim.layout.live,
	);
	const at = (path: string): Claim => ({
		...claim,
		environment: 'staging',
		stateDirectory: 'other',
		layout: releaseLayout({path: `${host.root}/${path}`}),
	});

	expect(parseNotOwner((await take(host, at('www/backend/app'))).stderr)?.why).toContain(
		`lies in ${host.root}/www/backend, which belongs to qsights preprod`,
	);
	expect((await take(host, {...at('www/frontend'), app: 'frontend'})).code).toBe(0);
	expect((await take(host, at('www/.hidden/backend'))).code).toBe(0);
});

test('marker: an owner nobody can read closes what lies in it', async () => {
	await using host = createHostDirectory();
	const claim = await setUp(host);
	await host.sh('mkdir -p other "$1/owner" "$2/$3/app"', claim.layout.base, claim.layout.releases, live);
	const layout = releaseLayout({path: `${claim.layout.live}/app`});

	const {code, stderr} = await take(host, {...claim, environment: 'staging', stateDirectory: 'other', layout});
	expect({code, why: parseNotOwner(stderr)?.why}).toEqual({
		code: notOwner,
		why: expect.stringContaining(`${claim.layout.base}/owner names, which can't be read`) as string,
	});
});
