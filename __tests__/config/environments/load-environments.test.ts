import {join} from 'node:path';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {loadEnvironments} from '../../../src/config/environments/load-environments.ts';
import {anyCharacter} from '../../support/any-character.ts';
import {isDeep} from '../../support/depth.ts';
import {editIn, problemsOf, validFiles, writeConfiguration, type Files} from '../configuration-fixture.ts';

const preprod = 'environments/preprod.yaml';
const local = 'environments/local.yaml';
const env = 'environments/.env.preprod';

const load = async (files: Files) => {
	using configuration = writeConfiguration({...validFiles, ...files});
	// Without await the directory would be gone before it is read.
	return await loadEnvironments(configuration.path, {home: '/home/asha'});
};

const problems = problemsOf(load);

const edit = editIn(validFiles);

test('environments: valid files load in promotion order, with paths of this machine resolved', async () => {
	using configuration = writeConfiguration({
		...validFiles,
		...edit(preprod, 'port: 22', 'port: 22\n    identityFile: ~/.ssh/key.pem\n    knownHostsFile: /etc/known'),
	});

	const set = await loadEnvironments(configuration.path, {home: '/home/asha'});

	expect(set.directory).toBe(configuration.path);
	expect(set.environments.map(({name}) => name)).toEqual(['local', 'preprod']);
	expect(set.byName('preprod').hosts[0]).toEqual({
		name: 'web-1',
		address: '192.0.2.1',
		port: 22,
		identityFile: '/home/asha/.ssh/key.pem',
		knownHostsFile: '/etc/known',
	});
	expect(set.byName('preprod').apps.backend).toMatchObject({
		source: join(configuration.path, 'laravel'),
		fileMode: 0o644,
		health: {stableForMs: 10_000, withinMs: 120_000, everyMs: 500},
	});
});

test('environments: a name that is not there is a usage error that lists the names', async () => {
	const set = await load({});

	expect(() => set.byName('prepod')).toThrow(
		expect.objectContaining({
			code: 'usage',
			why: 'the environments are local, preprod',
			next: 'Did you mean preprod?',
		}),
	);
});

const known = 'name, address, port, user, identityFile, instanceId, hostKeys, knownHostsFile, proxyJump, watchedOnly';

test.each([
	[
		'text for a number',
		'port: 22',
		'port: "22"',
		'14:11 hosts[0].port: expected a number, found text "22". Fix: write a number without quotes.',
	],
	[
		'a number out of range',
		'port: 22',
		'port: 70000',
		'14:11 hosts[0].port: 70000 is too large. Fix: use at most 65535.',
	],
	[
		'a fraction for a whole number',
		'port: 22',
		'port: 2.5',
		'14:11 hosts[0].port: expected a whole number, found number 2.5. Fix: write a whole number.',
	],
	['a mistyped key', 'port: 22', 'prot: 22', '14:5 hosts[0].prot: unknown key. Fix: did you mean port?'],
	[
		'an unknown key',
		'port: 22',
		'colour: red',
		`14:5 hosts[0].colour: unknown key. Fix: remove it; known here: ${known}.`,
	],
	[
		'a hostile key',
		'title: Pre-Prod',
		'__proto__: {}\ntitle: Pre-Prod',
		/^3:1 __proto__: unknown key\. Fix: remove it; known here: project, /,
	],
	['a missing key', 'debug: false\n', '', '1:1 debug: is missing. Fix: add it: true or false.'],
	[
		'a missing key deeper down',
		'address: 192.0.2.1\n    ',
		'',
		'12:5 hosts[0].address: is missing. Fix: add it: text.',
	],
	['a key without a value', 'title: Pre-Prod', 'title:', '3:7 title: expected text, found nothing. Fix: write text.'],
	[
		'no as a boolean',
		'debug: false',
		'debug: no',
		'10:8 debug: expected true or false, found text "no". Fix: write true or false.',
	],
	[
		'a duplicate key',
		'name: preprod\n',
		'name: preprod\nname: other\n',
		'3:1 Map keys must be unique. Fix: keep one of the two.',
	],
	['a tab', '    port', '\tport', '14:1 Tabs are not allowed as indentation. Fix: indent with spaces.'],
	[
		'a wrong indent',
		'    port',
		'   port',
		'14:1 Sequence item without - indicator. Fix: correct the YAML at this place.',
	],
	[
		'an unresolved alias',
		'port: 22',
		'port: *ssh',
		'14:11 alias *ssh has no anchor &ssh before it. Fix: write the value out.',
	],
	['an unknown tag', 'title: Pre', 'title: !x Pre', '3:8 Unresolved tag: !x. Fix: remove the tag.'],
	[
		'an unknown tier',
		'tier: preprod',
		'tier: prepod',
		'4:7 tier: text "prepod" is not known here. Fix: did you mean preprod?',
	],
	[
		'an unknown recipe',
		'recipe: laravel',
		'recipe: rails',
		'25:13 apps.backend.recipe: text "rails" is not known here. Fix: use laravel.',
	],
	[
		'an unknown zone',
		'Asia/Kolkata',
		'Asia/Kolkatta',
		'6:11 timeZone: "Asia/Kolkatta" is not a time zone. Fix: use an IANA name such as Asia/Kolkata.',
	],
	[
		'an offset for a zone',
		'Asia/Kolkata',
		'"+05:30"',
		'6:11 timeZone: "+05:30" is not a time zone. Fix: use an IANA name such as Asia/Kolkata.',
	],
	[
		'an impossible time',
		'"10:00"',
		'"10:60"',
		'19:9 window.from: "10:60" cannot be used. Fix: use HH:MM from 00:00 to 23:59, with quotes.',
	],
	[
		'the end of the day as 24:00',
		'"16:00"',
		'"24:00"',
		'20:10 window.until: "24:00" cannot be used. Fix: use HH:MM from 00:00 to 23:59, with quotes.',
	],
	[
		'a window that ends when it begins',
		'"10:00"',
		'"16:00"',
		'20:10 window.until: 16:00 is not after 16:00. Fix: use two times of one day, the earlier one as from.',
	],
	[
		'a weekday in full',
		'[Mon, Tue]',
		'[Mon, Tuesday]',
		'18:15 window.days[1]: text "Tuesday" is not known here. Fix: did you mean Tue?',
	],
	['a window without days', '[Mon, Tue]', '[]', '18:9 window.days: has 0 entries. Fix: give at least 1.'],
	[
		'a relative live path',
		'/srv/shop/laravel',
		'srv/shop',
		'27:11 apps.backend.path: "srv/shop" is not absolute. Fix: start it with /.',
	],
	[
		'the root as live path',
		'/srv/shop/laravel',
		'/',
		'27:11 apps.backend.path: "/" is not a plain path. Fix: no .., ., //, final / or control characters.',
	],
	[
		'a live path that climbs',
		'/srv/shop/laravel',
		'/srv/shop/../../etc',
		'27:11 apps.backend.path: "/srv/shop/../../etc" is not a plain path. Fix: no .., ., //, final / or control characters.',
	],
	[
		'a live path within another',
		'/srv/shop/laravel',
		'/srv/shop/nextjs/api',
		'44:11 apps.frontend.path: overlaps the live path of backend. Fix: choose one apart from /srv/shop/nextjs/api.',
	],
	[
		'backups within a live path',
		'/home/ubuntu/backups/preprod',
		'/srv/shop/laravel/old',
		'16:22 backups.directory: overlaps the live path of backend. Fix: choose one apart from /srv/shop/laravel.',
	],
	[
		'state within a live path',
		'.cockpit/shop/preprod',
		'/srv/shop/laravel/.cockpit',
		'15:17 stateDirectory: overlaps the live path of backend. Fix: choose one apart from /srv/shop/laravel.',
	],
	...(
		[
			['-rf', 'can be read as something else than a path. Fix: no - in front of a name, and no *, ?, [ or ].'],
			[
				'.cockpit/-rf',
				'can be read as something else than a path. Fix: no - in front of a name, and no *, ?, [ or ].',
			],
			['~/-x', 'can be read as something else than a path. Fix: no - in front of a name, and no *, ?, [ or ].'],
			['/srv/*', 'can be read as something else than a path. Fix: no - in front of a name, and no *, ?, [ or ].'],
		] as const
	).map(([value, problem]): [string, string, string, string] => [
		`a state directory ${value}`,
		'.cockpit/shop/preprod',
		JSON.stringify(value),
		`15:17 stateDirectory: ${JSON.stringify(value)} ${problem}`,
	]),
	[
		'a further host that nobody would deploy to',
		'port: 22',
		'port: 22\n  - {name: web-2, address: 192.0.2.2}',
		'15:5 hosts[1]: only one host is deployed to yet, the first. Fix: write watchedOnly: true, and deploy to it by other means; or take it away.',
	],
	[
		'a first host that is only watched',
		'port: 22',
		'port: 22\n    watchedOnly: true',
		'15:18 hosts[0].watchedOnly: the first host is the one that is deployed to. Fix: take it away, or put another host first.',
	],
	[
		'a state directory that climbs',
		'.cockpit/shop/preprod',
		'../other',
		'15:17 stateDirectory: "../other" holds .. as a part. Fix: stay below the directory it starts in.',
	],
	[
		'a shared path that climbs',
		'[storage/app]',
		'[storage/../../x]',
		'33:43 apps.backend.shared.directories[0]: "storage/../../x" holds .. as a part. Fix: stay below the directory it starts in.',
	],
	[
		'an absolute exclude',
		'storage/logs]',
		'/var/log]',
		'32:24 apps.backend.excludes[1]: "/var/log" is not relative. Fix: write it without / or ~ in front.',
	],
	[
		'an exclude that is not text',
		'storage/logs]',
		'1]',
		'32:24 apps.backend.excludes[1]: expected text, found number 1. Fix: put quotes around it.',
	],
	[
		'a mode without quotes',
		'"0644"',
		'0644',
		'30:15 apps.backend.fileMode: expected text, found number 644. Fix: put quotes around it.',
	],
	[
		'a mode that is not octal',
		'"0644"',
		'"0689"',
		'30:15 apps.backend.fileMode: "0689" is not a file mode. Fix: use four octal digits in quotes, such as "0644".',
	],
	[
		'a duration without unit',
		'10s',
		'"10"',
		'36:90 apps.backend.health.stableFor: "10" is not a duration. Fix: use a whole number with ms, s, m or h, such as 10s.',
	],
	[
		'a deadline before stability',
		'stableFor: 10s',
		'stableFor: 2m',
		'36:102 apps.backend.health.within: ends before the app can be called stable. Fix: allow more time than stableFor.',
	],
	[
		'too few releases',
		'keepReleases: 3',
		'keepReleases: 1',
		'37:19 apps.backend.keepReleases: 1 is too small. Fix: use at least 2.',
	],
	['no process name', '[web]', '[]', '55:15 apps.frontend.pm2Names[0]: is missing. Fix: add it: text.'],
	[
		'a secret to be compiled in',
		'NODE_ENV: production',
		'DB_PASSWORD: hunter2',
		'56:37 apps.frontend.buildEnvironment.DB_PASSWORD: "DB_PASSWORD" cannot be used. Fix: only NODE_ENV and NEXT_PUBLIC_* are compiled in; the rest belongs in .env.',
	],
	[
		'a unit with its suffix',
		'unit: nginx',
		'unit: nginx.service',
		'35:16 apps.backend.services[0].unit: "nginx.service" ends in .service. Fix: write nginx.',
	],
	[
		'an address that is an option',
		'address: 192.0.2.1',
		'address: -oProxyCommand=x',
		'13:14 hosts[0].address: "-oProxyCommand=x" cannot be used. Fix: use a host name, an address or an alias of your ssh configuration.',
	],
	[
		'a relative key file',
		'port: 22',
		'identityFile: keys/x.pem',
		'14:19 hosts[0].identityFile: is not an absolute path. Fix: start it with / or ~/.',
	],
	[
		'an address with a password',
		'"https://stage.example"',
		'"https://u:p@stage.example"',
		'7:14 urls.site: holds a user, a query or a fragment. Fix: keep only scheme, host, port and path.',
	],
	[
		'another scheme',
		'"https://stage.example"',
		'"ftp://stage.example"',
		'7:14 urls.site: is not an http or https address. Fix: write it as https://example.com.',
	],
	[
		'two hosts of one name',
		'port: 22',
		'port: 22\n  - {name: web-1, address: 192.0.2.2, watchedOnly: true}',
		'15:12 hosts[1].name: web-1 is the name of two hosts. Fix: give each its own.',
	],
	[
		'a list for keys',
		'drivers: {mail: smtp, cache: redis}',
		'drivers: [smtp]',
		'9:10 drivers: expected keys with values, found a list. Fix: write keys with values.',
	],
	[
		'no hosts',
		'hosts:\n  - name: web-1\n    address: 192.0.2.1\n    port: 22',
		'hosts: []',
		'11:1 hosts: preprod needs at least one host. Fix: add one with name and address.',
	],
	[
		'a source that is not there',
		'promotedFrom: local',
		'promotedFrom: lokal',
		'5:15 promotedFrom: there is no environment lokal. Fix: use one of local, preprod.',
	],
	[
		'itself as source',
		'promotedFrom: local',
		'promotedFrom: preprod',
		'5:15 promotedFrom: leads back to itself: preprod <- preprod. Fix: let the first have none.',
	],
	[
		'another project',
		'project: shop',
		'project: shoop',
		'1:10 project: shoop is not the project of environments/local.yaml, which is shop. Fix: use the same project in all files.',
	],
	[
		'approvals below none',
		'soakHours: 24',
		'approvals: -1\nsoakHours: 24',
		'22:12 approvals: -1 is too small. Fix: use at least 0.',
	],
	[
		'an unknown identity',
		'soakHours: 24',
		'identity: sign\nsoakHours: 24',
		'22:11 identity: text "sign" is not known here. Fix: did you mean signed?',
	],
	[
		'an unknown headless policy',
		'soakHours: 24',
		'headless: yes\nsoakHours: 24',
		'22:11 headless: text "yes" is not known here. Fix: use one of allow, expect, forbid.',
	],
	[
		'an emergency without a second person',
		'soakHours: 24',
		'emergency: {soakHours: 0, approvals: 0, reviewWithinHours: 24}\nsoakHours: 24',
		'22:38 emergency.approvals: 0 is too small. Fix: use at least 1.',
	],
	[
		'an emergency that nobody reviews',
		'soakHours: 24',
		'emergency: {soakHours: 0, approvals: 1, reviewWithinHours: 0}\nsoakHours: 24',
		'22:60 emergency.reviewWithinHours: 0 is too small. Fix: use more than 0.',
	],
	[
		'an emergency that skips more',
		'soakHours: 24',
		'emergency: {soakHours: 0, approvals: 1, reviewWithinHours: 8, lock: false}\nsoakHours: 24',
		'22:63 emergency.lock: unknown key. Fix: remove it; known here: soakHours, window, approvals, reviewWithinHours.',
	],
	[
		"a name that is not the file's",
		'name: preprod',
		'name: staging',
		'2:7 name: staging is not the name of the file. Fix: write preprod, or rename the file.',
	],
])('environments: %s is found at its place', async (_, from, to, expected) => {
	const [first, ...others] = await problems(edit(preprod, from, to));

	expect(others).toEqual([]);
	expect(first?.startsWith(`${preprod}:`)).toBe(true);
	const rest = first?.slice(preprod.length + 1);
	if (typeof expected === 'string') expect(rest).toBe(expected);
	else expect(rest).toMatch(expected);
});

test('environments: policy that is not stated is the usual one', async () => {
	const preprodEnvironment = (await load({})).byName('preprod');

	expect(preprodEnvironment).toMatchObject({approvals: 0, identity: 'claimed', headless: 'expect', onFailure: 'ask'});
	expect('emergency' in preprodEnvironment).toBe(false);
});

test('environments: policy that is stated', async () => {
	const set = await load(
		edit(
			preprod,
			'soakHours: 24',
			`approvals: 2
identity: signed
headless: forbid
emergency:
  soakHours: 0.5
  window: {days: [Sat], from: "06:00", until: "22:00", notBeforeHolidays: false}
  approvals: 1
  reviewWithinHours: 48
soakHours: 24`,
		),
	);

	expect(set.byName('preprod')).toMatchObject({
		approvals: 2,
		identity: 'signed',
		headless: 'forbid',
		emergency: {
			soakHours: 0.5,
			window: {days: ['Sat'], from: '06:00', until: '22:00', notBeforeHolidays: false},
			approvals: 1,
			reviewWithinHours: 48,
		},
	});
});

test('environments: two files with one name', async () => {
	expect(await problems(edit(preprod, 'name: preprod', 'name: local'))).toEqual([
		`${preprod}:2:7 name: local is not the name of the file. Fix: write preprod, or rename the file.`,
		`${preprod}:2:7 name: local is also the name in ${local}. Fix: give each file its own.`,
	]);
});

const production = 'environments/production.yaml';

/** A second environment of the set, as its file was copied from pre-prod, with what was changed in it. */
const beside = (changes: ReadonlyArray<readonly [from: string, to: string]>): Promise<readonly string[]> => {
	const copy = changes.reduce(
		(text, [from, to]) => text.replaceAll(from, to),
		(validFiles[preprod] ?? '').replaceAll('preprod', 'production'),
	);
	return problems({
		...validFiles,
		[production]: copy,
		'environments/.env.production': validFiles['environments/.env.preprod'] ?? '',
	});
};
const ofBackend = `${production}:27:11 apps.backend.path: /srv/shop/laravel is the live path of backend in ${preprod}, on the same host 192.0.2.1:22. Fix: let one environment have it: choose another path, or another host.`;
const ofFrontend = ofBackend.replace('27:11', '44:11').replaceAll('backend', 'frontend').replace('laravel', 'nextjs');

test.each<readonly [name: string, changes: ReadonlyArray<readonly [string, string]>, is: readonly string[]]>([
	['the same host and paths', [], [ofBackend, ofFrontend]],
	[
		'another user',
		[['    port: 22', '    port: 22\n    user: deploy']],
		[ofBackend, ofFrontend].map(line => line.replace(/:(\d+):/, (_, at) => `:${Number(at) + 1}:`)),
	],
	[
		'the port left out',
		[['    port: 22\n', '']],
		[ofBackend, ofFrontend].map(line => line.replace(/:(\d+):/, (_, at) => `:${Number(at) - 1}:`)),
	],
	['another port', [['port: 22', 'port: 2222']], []],
	['another address', [['192.0.2.1', '192.0.2.2']], []],
	['other paths', [['/srv/shop/', '/srv/staging/']], []],
	['a path that begins the same', [['/srv/shop/', '/srv/shop2/']], []],
	[
		'a path within',
		[
			['/srv/shop/laravel', '/srv/shop/laravel/api'],
			['/srv/shop/nextjs', '/srv/web'],
		],
		[ofBackend.replace('laravel is', 'laravel/api overlaps')],
	],
	[
		'a path within what is kept beside',
		[
			['/srv/shop/laravel', '/srv/shop/.laravel/releases/x'],
			['/srv/shop/nextjs', '/srv/web'],
		],
		[ofBackend.replace('laravel is', '.laravel/releases/x overlaps')],
	],
	[
		'the apps with their paths changed about',
		[
			['/srv/shop/laravel', '/srv/shop/x'],
			['/srv/shop/nextjs', '/srv/shop/laravel'],
			['/srv/shop/x', '/srv/other'],
		],
		[ofFrontend.replace('nextjs is the live path of frontend', 'laravel is the live path of backend')],
	],
	[
		'the same state directory',
		[
			['/srv/shop/', '/srv/staging/'],
			['.cockpit/shop/production', '.cockpit/shop/preprod'],
		],
		[
			`${production}:15:17 stateDirectory: .cockpit/shop/preprod is the state directory of ${preprod}, on the same host 192.0.2.1:22. Fix: give each environment its own: it holds lock and ledger.`,
		],
	],
	[
		'the same backups directory',
		[
			['/srv/shop/', '/srv/staging/'],
			['/home/ubuntu/backups/production', '/home/ubuntu/backups/preprod'],
		],
		[
			`${production}:16:22 backups.directory: /home/ubuntu/backups/preprod is the backups directory of ${preprod}, on the same host 192.0.2.1:22. Fix: give each environment its own: old ones are removed by name and age.`,
		],
	],
])('environments: two with %s', async (_, changes, is) => {
	expect(await beside([['tier: production', 'tier: preprod'], ...changes])).toEqual(is);
});

test('environments: an address in other letters is the same host', async () => {
	const named = (text: string | undefined, address: string): string => (text ?? '').replace('192.0.2.1', address);
	const copy = (validFiles[preprod] ?? '')
		.replaceAll('preprod', 'production')
		.replace('tier: production', 'tier: preprod');

	expect(
		await problems({
			...validFiles,
			[preprod]: named(validFiles[preprod], 'Web.Example'),
			[production]: named(copy, 'web.example.'),
			'environments/.env.production': validFiles['environments/.env.preprod'] ?? '',
		}),
	).toEqual([ofBackend, ofFrontend].map(line => line.replace('192.0.2.1', 'web.example')));
});

test('environments: a cycle is named from each of its files', async () => {
	expect(await problems(edit(local, 'tier: local\n', 'tier: local\npromotedFrom: preprod\n'))).toEqual([
		`${local}:5:15 promotedFrom: leads back to itself: local <- preprod <- local. Fix: let the first have none.`,
		`${preprod}:5:15 promotedFrom: leads back to itself: preprod <- local <- preprod. Fix: let the first have none.`,
	]);
});

test('environments: hosts of a local environment are refused', async () => {
	expect(await problems(edit(local, 'hosts: []', 'hosts: [{name: a, address: b}]'))).toEqual([
		`${local}:10:1 hosts: a local environment has no hosts. Fix: write hosts: [].`,
	]);
});

test('environments: all problems of all files come at once, in reading order', async () => {
	const files = {
		...edit(local, 'debug: false', 'debug: 1'),
		...edit(preprod, 'debug: false\n', 'debug: 1\nextra: 1\n'),
		[env]: 'DB_PASSWORD=hunter2\n',
	};

	const lines = await problems(files);

	expect(lines.map(line => line.split(' ')[0])).toEqual([
		`${env}:1:1`,
		`${local}:9:8`,
		`${preprod}:10:8`,
		`${preprod}:11:1`,
	]);
	expect(lines.join('\n')).not.toContain('hunter2');
});

test('environments: a broken file does not make others look wrong', async () => {
	expect(await problems({[local]: 'name: [\n'})).toEqual([
		expect.stringMatching(/^environments\/local\.yaml:\d+:\d+ /),
	]);
});

test.each([
	[
		'an empty file',
		{[preprod]: ''},
		`${preprod}:1:1 expected keys with values, found nothing. Fix: write keys with values.`,
	],
	[
		'text alone',
		{[preprod]: 'hello'},
		`${preprod}:1:1 expected keys with values, found text "hello". Fix: write keys with values.`,
	],
	[
		'bytes that are not UTF-8',
		{[preprod]: Uint8Array.of(0xff, 0xfe, 0x41)},
		`${preprod}:1:1 is not UTF-8 text. Fix: give it as a text file in UTF-8.`,
	],
	['a missing .env', {[env]: undefined}, `${env}:1:1 is missing. Fix: give it as a text file in UTF-8.`],
	['the other ending', {'environments/x.yml': ''}, 'environments/x.yml:1:1 ends in .yml. Fix: rename it to x.yaml.'],
])('environments: %s', async (_, files, expected) => {
	expect(await problems(files)).toEqual([expected]);
});

test('environments: a directory without any is told so', async () => {
	using configuration = writeConfiguration({'environments/README.md': ''});
	using nothing = writeConfiguration({});

	await expect(loadEnvironments(configuration.path, {home: '/'})).rejects.toMatchObject({
		code: 'configuration',
		why: 'environments:1:1 holds no environment. Fix: add a file such as local.yaml.',
		now: 'Nothing was started and no host was contacted.',
	});
	await expect(loadEnvironments(nothing.path, {home: '/'})).rejects.toMatchObject({
		why: 'environments:1:1 is missing. Fix: create one with: cockpit init.',
	});
});

test('environments: nesting deeper than the stack is a problem like any other', async () => {
	expect(await problems({[preprod]: '['.repeat(50_000)})).not.toEqual([]);
});

test('environments: an anchor may be used, a bomb of aliases may not', async () => {
	expect(await problems(edit(preprod, 'excludes: [vendor, storage/logs]', 'excludes: &x [vendor]'))).toEqual([]);
	const bomb = [
		'a: &a [1,1,1,1,1,1,1,1,1]',
		...'bcdefghi'.split('').map((name, index) => {
			const before = String.fromCharCode('a'.charCodeAt(0) + index);
			return `${name}: &${name} [${Array.from({length: 9}, () => `*${before}`).join(',')}]`;
		}),
	].join('\n');
	expect(await problems({[preprod]: bomb})).toEqual([expect.stringContaining('Excessive alias count')]);
});

test.each([
	[
		'DB_PASSWORD=hunter2',
		'DB_PASSWORD: looks like a real secret. Fix: replace it by ${secret:preprod/db-password} and',
	],
	['APP_KEY="base64:c2VjcmV0IHNlY3JldCBzZWNyZXQ="', 'APP_KEY: looks like a real secret'],
	['STRIPE_SECRET=abc', 'STRIPE_SECRET: looks like a real secret'],
	['API_TOKEN=12345', 'API_TOKEN: looks like a real secret'],
	['DATABASE_URL=mysql://app:pw@db.example/shop', 'DATABASE_URL: looks like a real secret'],
	['NOTE=AKIAIOSFODNN7EXAMPLE', 'NOTE: looks like a real secret'],
	['DB_PASSWORD=x${secret:preprod/db-password}', 'DB_PASSWORD: looks like a real secret'],
	['DB_NAME=${secret:Preprod}', 'DB_NAME: holds a reference that cannot be read'],
	['CACHE_DRIVER=file', 'CACHE_DRIVER: differs from preprod.yaml, which says redis. Fix: make the two agree.'],
	['A=1 2', 'A has more text after its value'],
])('.env template: %s is refused without showing the value', async (line, expected) => {
	const [found = '', ...others] = await problems({[env]: `# x\n${line}\n`});

	expect(others).toEqual([]);
	expect(found.startsWith(`${env}:2:1 ${expected}`)).toBe(true);
	expect(found).not.toMatch(/hunter2|base64:|AKIA|:pw@|12345/);
});

test.each([
	'DB_PASSWORD=${secret:preprod/db-password}',
	'DB_DATABASE="${value:preprod/db-name}"',
	'REDIS_PASSWORD=null',
	'MAIL_PASSWORD=',
	'MIX_PUSHER_APP_KEY="${PUSHER_APP_KEY}"',
	'TOKEN_LIFETIME=60',
	'REDIS_URL=redis://:${secret:preprod/redis-password}@127.0.0.1',
])('.env template: %s is accepted', async line => {
	expect(await problems({[env]: `${line}\n`})).toEqual([]);
});

test('.env template: a key given twice', async () => {
	expect(await problems({[env]: 'A=1\n\n  A=2\n'})).toEqual([
		`${env}:3:3 A: is given 2 times, on lines 1, 3. Fix: keep one.`,
	]);
});

test('environments: a file damaged anyhow loads or is refused with places, and never crashes', async () => {
	const mutation = fc.tuple(
		fc.constantFrom(preprod, local, env),
		fc.array(
			fc.record({
				at: fc.double({min: 0, max: 1, noNaN: true}),
				remove: fc.nat({max: 12}),
				insert: fc.oneof(
					fc.string({maxLength: 6}),
					fc.string({unit: anyCharacter, maxLength: 3}),
					fc.constantFrom(
						'\t',
						'\n',
						': ',
						'- ',
						'*a',
						'&a ',
						'[',
						'{',
						'}',
						'"',
						"'",
						'#',
						'!!',
						'? ',
						'<<: ',
						'---\n',
						'${',
						'\0',
						'|',
						'>',
						'~',
						'%YAML 1.1\n',
					),
				),
			}),
			{minLength: 1, maxLength: 5},
		),
	);
	await fc.assert(
		fc.asyncProperty(mutation, async ([file, edits]) => {
			const damaged = edits.reduce((text, {at, remove, insert}) => {
				const start = Math.floor(at * text.length);
				return text.slice(0, start) + insert + text.slice(start + remove);
			}, validFiles[file] ?? '');

			for (const line of await problems({[file]: damaged}))
				expect(line).toMatch(/^environments\/[.\w]+:[1-9]\d*:[1-9]\d* [^]*Fix: [^]+[.?]$/);
		}),
		{numRuns: isDeep ? 250 : 40},
	);
});
