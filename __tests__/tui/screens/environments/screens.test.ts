import stringWidth from 'string-width';
import {expect, test} from 'vitest';
import type {CockpitStore} from '../../../../src/store/create-store.ts';
import {selectEnvLines} from '../../../../src/store/environments/env-lines.ts';
import {viewOf} from '../../../../src/tui/screens/environments/look.ts';
import {keyRows} from '../../../../src/tui/screens/environments/detail-rows.ts';
import {commandRows, setRows} from '../../../../src/tui/screens/environments/set-rows.ts';
import {environmentRows} from '../../../../src/tui/screens/environments/screen-rows.ts';
import {glyphsFor} from '../../../../src/tui/kit/glyphs.ts';
import {plain, widthOf} from '../../../../src/tui/kit/rows.ts';
import {drawFrame} from '../../../support/tui/draw-frame.ts';
import {press} from '../../../support/tui/press.ts';
import {stageNamed} from '../../../support/tui/stage-named.ts';
import {environmentStages, row, secretValue, stageOf, table} from './fixtures.ts';

const make = stageNamed(environmentStages);

const text = (store: CockpitStore, columns = 120, rows = 40): string => drawFrame(store, columns, rows).join('\n');

const sizes = [
	{columns: 120, rows: 40},
	{columns: 80, rows: 24},
	{columns: 60, rows: 16},
	{columns: 200, rows: 60},
] as const;

test.each(sizes)(
	'environments at $columns: the trouble first, each place with its value and its age',
	({columns, rows}) => {
		const shown = text(make('environments'), columns, rows);

		for (const part of [
			/ Enviro/,
			/ backend .*1 missing +(?:▲ )?1 extra +(?:▲ )?1 twice +(?:▲ )?1 same/,
			columns > 60 ? /template +Local +Pre-Prod +Production/ : /\+1 in Enter Local +Pre-Prod +Production/,
			/read(?: +6 s ago){3}/,
			/─ Missing 1 ─+/,
			/▌✗ MAIL_TIMEOUT(?: +30)? +missing +30 +30/,
			/─ Extra 1 ─+ no template has it ─/,
			/▲ LEGACY_SSO_URL(?: +·)? +· +· +\*{4} 9e41/,
			/─ MAIL_TIMEOUT ─+/,
			/✗ missing on Local: the code/,
			/backend\/\.env +Local/,
		])
			expect(shown, String(part)).toMatch(part);
	},
);

test('environments: secrets are four digits, references are words, what is equal is folded with its names', () => {
	const shown = text(make('environments'));

	for (const part of [
		/▲ SENTRY_RELEASE_KEY +secret +\*{4} 71c0 +\*{4} 5be2 +\*{4} 5be2/,
		/▲ LOG_LEVEL +info +debug +info, warning +warning/,
		/─ Twice 1 ─+ the last one counts ─/,
		/─ Not what its template says 1 ─/,
		/✓ MAIL_PORT +per host +empty +587 +587/,
		/✓ SESSION_SECURE_COOKIE +per host +false/,
		/─ Same 24 ─/,
		/· APP_LOCALE, APP_NAME, .* ▾ \d+ more, Enter opens/,
		/ {2}36 keys and 1 extra/,
		/cockpit env use preprod or u switches both; secrets of Production ask a word/,
		/frontend\/\.env\.local +changed since/,
	])
		expect(shown, String(part)).toMatch(part);
});

test('environments: the story of a key is told beside the table: who set it when, where it is asked for, how to set it', () => {
	const shown = text(make('environments'));

	for (const part of [
		/Production {2}30/,
		/set 3 Feb 11:20 IST by/,
		/set Mon 15:20 IST by/,
		/config\/mail\.php:41/,
		/app\/Services\/MailService\.php:88/,
		/cockpit env set MAIL_TIMEOUT \\/,
		/--env local --app backend/,
		/Closes nothing: Local is no gate\./,
		/\*{4} and four digits/,
	])
		expect(shown, String(part)).toMatch(part);
});

test('environments: a long value is cut in its column and stands whole behind Enter, with its file and line', () => {
	const store = make('environments, a long value');
	expect(text(store)).toMatch(/▌✓ DB_HOST +per host +127\.0\.0\.1 +qsights-prep…/);
	store.getState().openEnvPage(true);
	const page = text(store);

	expect(page).toContain('qsights-preprod-db.c0vxik9s9ktk.ap-south-1.rds.amazonaws.com');
	expect(page).toContain('preprod-1:/var/www/qsights/backend/.env, line 12');
	for (const name of ['local', 'preprod', 'production'])
		expect(page).toContain(`cockpit env set DB_HOST --env ${name} --app backend`);
});

test('environments: before the first answer every column says that it is being read, and none has a value', () => {
	const shown = text(make('environments, first read'), 80, 24);

	expect(shown).toMatch(/template +Local +Pre-Prod +Production/);
	expect(shown).toMatch(/read +reading… +reading… +reading… +reading…/);
	expect(shown).not.toMatch(/✓|missing/);
	expect(text(make('environments, unread'), 80, 24)).toContain('Nothing was read yet: r reads it.');
	const again = text(make('environments, read again'), 80, 24);
	expect(again).toMatch(/read +reading… +reading…/);
	expect(again).toMatch(/▌✗ MAIL_TIMEOUT/);
});

test.each(sizes)(
	'environments at $columns: a silent host says why, and what it said before is marked',
	({columns, rows}) => {
		const fresh = text(make('environments, a host is silent'), columns, rows);
		expect(fresh).toMatch(/\? Production was not read: connect ECONNREFUSED/);
		expect(fresh).toMatch(/▌✗ MAIL_TIMEOUT(?: +30)? +missing +30 +\? not re/);
		const kept = text(make('environments, a host went silent'), columns, rows);

		expect(kept).toMatch(/\? Production was not read: connect ECONNREFUSED/);
		expect(kept.replaceAll(/\s+/g, ' ')).toContain('Its values are of Tue 11:19 IST');
		expect(kept).toMatch(/▌✗ MAIL_TIMEOUT(?: +30)? +missing +30 +\? 30/);
		expect(kept).toMatch(/read(?: +6 s ago)+ +\? 6 s ago/);
	},
);

test('environments: while a host is silent nothing is drawn as well or as the same', () => {
	for (const name of ['environments, a host is silent', 'environments, a host went silent']) {
		const shown = text(make(name), 120, 60);

		expect(shown).toMatch(/─ Same, as far as it is known 24 ─+ not every place was read ─/);
		expect(shown).toMatch(/\? APP_ENV +per host +local +preprod +\?/);
		expect(shown).not.toMatch(/✓|─ Same 24/);
	}
});

test('environments: values that could not be read say why; those read before stay and may be old', () => {
	const failed = text(make('environments, no answer'), 80, 24);
	expect(failed).toMatch(/✗ The values of the backend could not be read/);
	expect(failed).toMatch(/Why +environments\/\.env\.preprod: permission denied/);
	expect(failed).toMatch(/Next +Make the file readable, then r\./);
	expect(text(make('environments, no answer any more'), 80, 24)).toMatch(/may be old\.[^]*▌✗ MAIL_TIMEOUT/);
});

test('environments: what a place says beside its values is told', () => {
	const noted = {
		...table,
		columns: table.columns.map(column =>
			column.id === 'production'
				? {...column, notes: ['everybody on that machine may read it (mode 0644)']}
				: column,
		),
	};

	expect(text(stageOf(() => undefined, noted)(), 80, 24)).toMatch(
		/▲ Production: everybody on that machine may read it/,
	);
});

test('environments: nothing listed says why', () => {
	expect(text(make('environments, filtered to nothing'), 80, 24)).toContain('No key holds "zzz"');
	expect(text(make('environments, no key'), 80, 24)).toContain('No place has a key of the backend.');
	const well = stageOf(({turnEnvTrouble}) => turnEnvTrouble(), {
		...table,
		rows: table.rows.filter(({finding}) => finding === 'equal'),
	})();
	expect(text(well, 80, 24)).toContain('No trouble: each key is there once');
	expect(text(well, 80, 24)).toMatch(/only trouble +24 keys +✓ no trouble/);
});

test('environments: hidden lines are counted, with the key that shows them, wherever the cursor is', () => {
	const store = make('environments, open');
	const items = selectEnvLines(store.getState()).flatMap(line => (line.kind === 'head' ? [] : [line.id]));
	for (const id of items) {
		store.getState().pointAt('environments', id);
		const shown = text(store, 80, 24);
		const [, above = '0'] = /▴ (\d+) above, PgUp/.exec(shown) ?? [];
		const [, below = '0'] = /▾ (\d+) more, PgDn/.exec(shown) ?? [];
		const all = selectEnvLines(store.getState()).length;
		const cues = (above === '0' ? 0 : 1) + (below === '0' ? 0 : 1);
		expect(shown, id).toMatch(/▌/);
		expect(Number(above) + Number(below) + (8 - cues), id).toBe(all);
	}
});

test('environments: a command is whole: on a line, or each line but the last goes on', () => {
	const command = 'cockpit env set A_LONG_NAME_OF_A_KEY --env production --app backend';
	expect(commandRows(command, 100).map(plain)).toEqual([` ${command}`]);
	const lines = commandRows(command, 35).map(plain);

	expect(lines.length).toBeGreaterThan(1);
	expect(
		lines
			.join('\n')
			.replaceAll(/ \\\n\s*/g, ' ')
			.trim(),
	).toBe(command);
});

test('environments: a name that a shell would read is quoted in the command', () => {
	const [first] = table.rows;
	if (!first) throw new Error('no row');
	const key = 'A;rm -rf $(HOME)';
	const store = stageOf(() => undefined, {...table, rows: [{...first, key, finding: 'different'}]})();

	expect(text(store, 200, 60)).toContain(`cockpit env set '${key}' --env preprod`);
});

const look = {glyphs: glyphsFor(true), hasColour: true};

test.each(Object.keys(environmentStages))(
	'environment rows: %s fit every room, and nothing reaches the terminal',
	name => {
		const view = viewOf(make(name).getState());
		for (const width of [58, 78, 98, 198])
			for (const height of [13, 22, 38]) {
				const rows = environmentRows(view, width, height, look);
				expect(rows.length, `${width}x${height}`).toBeLessThanOrEqual(height);
				for (const row of rows) {
					expect(plain(row)).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E]/);
					// One panel alone is never wider than its room; what is too wide is cut by whoever frames it.
					if (widthOf(row) > width)
						expect(plain(row), `${width}x${height}`).toMatch(/^ {1,3}(?:cockpit|--)|^ (?:Why|Now|Next)/);
				}
			}
	},
);

test.each(sizes)('environments at $columns: hostile names and values break no frame', ({columns, rows}) => {
	for (const name of ['environments, hostile', 'environments, a hostile key', 'environments, a hostile name']) {
		const lines = drawFrame(make(name), columns, rows);

		expect(lines).toHaveLength(rows);
		for (const line of lines) {
			expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
			expect(line).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E]|owned/);
		}
	}
});

test('environments: the page of a hostile key holds every value to its end', () => {
	const view = viewOf(make('environments, a hostile name').getState());
	if (view.item?.kind !== 'key') throw new Error('no key');
	const rows = keyRows(view.item, view, 78, look, true).map(plain);
	const joined = rows.map(line => line.slice(1).trim()).join('');

	expect(joined).toContain(view.item.row.key);
	expect(joined.replaceAll(/\s/g, '')).toContain('a'.repeat(400));
});

test('environments: without Unicode and colour every state has its sign and its word', () => {
	const lines = drawFrame(make('environments, a host went silent'), 80, 24, {isUnicode: false});

	expect(lines.join('\n')).toMatch(/>x MAIL_TIMEOUT +30 +missing +30 +\? 30/);
	expect(lines.join('\n')).toMatch(/! LEGACY_SSO_URL +\. +\. +\. +\? \*{4} 9e41/);
	for (const line of lines) expect(line).toMatch(/^[ -~]*$/);
	expect(drawFrame(make('environments, first read'), 80, 24, {isUnicode: false}).join('\n')).toMatch(
		/read +reading\.\.\. /,
	);
});

test.each(['valueEmptyRefused', 'valuePasteRefused'] as const)(
	'value at 80x24: %s names the whole command that does it instead',
	refuse => {
		const store = make('environments, a value is typed');
		store.getState()[refuse]();
		const shown = drawFrame(store, 80, 24)
			.join(' ')
			.replaceAll(/[│┃\s]+/g, ' ');

		expect(shown).toMatch(/cockpit env set MAIL_TIMEOUT --env production --app backend (?:--empty|< FILE)/);
	},
);

test('environments: a key that no template has is taken away or added to the templates, never written elsewhere', () => {
	const rows = (askedFor: readonly string[]) => {
		const store = make('environments');
		press(store, 'j');
		const view = viewOf(store.getState());
		const {table: {rows: all = []} = {}} = view;
		const extra = all.find(({key}) => key === 'LEGACY_SSO_URL');
		if (!extra) throw new Error('no key');
		return setRows({...extra, askedFor}, view, 200)
			.map(plain)
			.join('\n');
	};

	expect(rows([])).toContain('No template has it and no code asks for it: remove it, or add it to the templates.');
	expect(rows([])).toContain('cockpit env set LEGACY_SSO_URL --remove --env production --app backend');
	expect(rows([])).not.toMatch(/--env (?:local|preprod)/);
	expect(rows(['config/sso.php:3'])).toContain('add it to the templates');
	expect(rows(['config/sso.php:3'])).not.toContain('--remove');
});

test.each([
	[80, 24],
	[60, 16],
])('environments: what is known of one key names the key that scrolls, at %i', (columns, rows) => {
	const store = make('environments, a long value');
	press(store, 'enter');

	expect(drawFrame(store, columns, rows).at(-1)).toContain('PgDn a page down');
});

test('environments: what is compiled in is not set on a host, and says where it stands', () => {
	const compiled = row('NEXT_PUBLIC_API_URL', 'different', [
		'<value>',
		'http://localhost:8000',
		'https://pre',
		'https://prod',
	]);
	const store = stageOf(state => state.switchApp(), {...table, app: 'frontend', rows: [compiled]})();
	const shown = text(store, 200, 60);

	expect(shown).toContain('It is compiled in: change');
	expect(shown.replaceAll(/\s+/g, ' ')).toContain('cockpit env set NEXT_PUBLIC_API_URL --env local');
	expect(shown).not.toMatch(/--env (?:preprod|production)/);
});

test.each(sizes)('value at $columns: what is typed is never on screen, only how long it is', ({columns, rows}) => {
	const store = make('environments, a value is typed');
	const shown = text(store, columns, rows);
	expect(shown).not.toContain(secretValue);
	for (const part of [/Set MAIL_TIMEOUT of the backend/, /ubuntu@production/, /•{14}/, /14 characters/, /PRODUCTION/])
		expect(shown, String(part)).toMatch(part);
	store.getState().valueReady();
	const word = text(store, columns, rows);

	expect(word).not.toContain(secretValue);
	for (const part of [
		/\/var\/www\/qsights\/\.backend\/shared\/\.env/,
		/14 characters, not shown/,
		/AFFECTS ALL LIVE USERS/,
		/Type DEPLOY-TO-PRODUCTION to set it/,
		/0 of 20 letters/,
		/Nothing has been changed\. Any other word cancels\./,
	])
		expect(word, String(part)).toMatch(part);
	expect(drawFrame(make('environments, a value is typed'), columns, rows, {isUnicode: false}).join('\n')).toMatch(
		/\*{14}/,
	);
});

test.each(sizes)(
	'value at $columns: in the working copy there is no word, and the file is named',
	({columns, rows}) => {
		const shown = text(make('environments, a value of the working copy'), columns, rows);

		for (const part of [
			/on +Local +this working copy/,
			/file +backend\/\.env/,
			/14 characters/,
			/No word, no run: Enter writes the file/,
			/Enter write it/,
		])
			expect(shown, String(part)).toMatch(part);
		expect(shown).not.toMatch(/before its word|Asks the host/);
		expect(text(make('environments, a value is written'), columns, rows)).toContain('Writes it into backend/.env.');
	},
);

test('value: a place that can not be changed says why, and takes no value', () => {
	const shown = text(make('environments, a value that is compiled in'), 80, 24);

	expect(shown).toMatch(/✗ NEXT_PUBLIC_API_URL is not changed/);
	expect(shown).toMatch(/Next +Change apps\.frontend\.buildEnvironment/);
	expect(shown).not.toContain('0 characters');
	expect(text(make('environments, a value is asked about'), 80, 24)).toContain('Asks the host whether');
	expect(text(make('environments, a value that was refused'), 80, 24)).toMatch(
		/Why +Meera holds the lock[^]*14 characters/,
	);
});

test.each(sizes)(
	'switch at $columns: the sets, which one is in use, and the word that its secrets ask for',
	({columns, rows}) => {
		const choosing = text(make('environments, a set is chosen'), columns, rows);
		for (const part of [
			/Values of the working copy/,
			/Local +\.env\.local +in use/,
			/▌Pre-Prod +\.env\.preprod/,
			/Writes backend and frontend, or neither/,
			/Enter switch to it/,
		])
			expect(choosing, String(part)).toMatch(part);
		const word = text(make('environments, the word of a set'), columns, rows);
		for (const part of [
			/SECRETS OF PRODUCTION COME TO THIS MACHINE/,
			/APP_KEY, DB_PASSWORD, MAIL_PASSWORD, A, B, C and 2[\s│]+more/,
			/Type PRODUCTION-SECRETS to switch/,
			/0 of 18 letters/,
			/Any other word cancels/,
		])
			expect(word, String(part)).toMatch(part);
		expect(text(make('environments, a set is read'), columns, rows)).toContain('Reads the values of Pre-Prod');
		expect(text(make('environments, a set is written'), columns, rows)).toContain(
			'Writes the files, both or none.',
		);
		expect(text(make('environments, a set was refused'), columns, rows)).toMatch(
			/✗ The working copy could not be changed/,
		);
	},
);

test('environments: what a host lacks closes deploys to it when code asks for it, and is told when none does', () => {
	const lacking = row('MAIL_HOST', 'missing', ['<value>', 'a', 'b', '-'], {askedFor: ['config/mail.php:3']});
	const shown = (askedFor: readonly string[]): string =>
		text(stageOf(() => undefined, {...table, rows: [{...lacking, askedFor}]})(), 200, 60);

	expect(shown(lacking.askedFor)).toContain('Closes deploys to Production: pre-flight refuses');
	expect(shown(lacking.askedFor)).toContain('cockpit env set MAIL_HOST --env production --app backend');
	expect(shown(lacking.askedFor)).not.toContain('--env preprod');
	expect(shown([])).toContain('Closes nothing: no code here asks for it.');
});

test.each([
	[120, 40, 'Local, from .env.local, unchanged since Mon 2 Feb'],
	[80, 24, 'Local, from .env.local, unchanged since Mon 2 Feb'],
	[80, 24, 'Local, from .env.local, unchanged since Mon 30 Nov 2025'],
	[80, 24, 'Local, from .env.local, changed since'],
])('environments at %ix%i: what is in use stands on one line: %s', (columns, rows, told) => {
	const inUse = ['backend/.env', 'frontend/.env.local'].map(file => ({file, environment: 'local', text: told}));
	const shown = text(stageOf(() => undefined, {...table, inUse})(), columns, rows);

	const lines = shown.split('\n').flatMap(line => line.trim().split(/ {3,}/));
	expect(lines).toContain(`frontend/.env.local  ${told}`);
	expect(shown).toContain(`backend/.env         ${told}`);
});

test('environments: what is in use and too long loses the template it names twice, then its time whole', () => {
	const inUseOf = (told: string) => [{file: 'frontend/.env.local', environment: 'production', text: told}];
	const long = stageOf(() => undefined, {
		...table,
		inUse: inUseOf('Production, from .env.production, unchanged since Mon 2 Feb'),
	})();
	expect(text(long, 80, 24)).toMatch(/frontend\/\.env\.local {2}Production, unchanged since Mon 2 Feb\n/);
	expect(text(long, 60, 16)).toMatch(/In use frontend\/\.env\.local Production\n/);
	const longer = stageOf(() => undefined, {
		...table,
		inUse: inUseOf(`Production ${'of ours '.repeat(3)}, from .env.production, unchanged since Mon 2 Feb`),
	})();

	expect(text(longer, 80, 24)).toMatch(/frontend\/\.env\.local {2}Production of ours of ours of ours …/);
});
