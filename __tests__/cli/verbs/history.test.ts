import {expect, test} from 'vitest';
import type {AppServices} from '../../../src/app/app-services.ts';
import type {LedgerReading} from '../../../src/domain/ledger/ledger-book.ts';
import type {CliContext} from '../../../src/cli/cli-context.ts';
import {runCli} from '../../../src/cli/program.ts';
import {DeployError, type ErrorCode} from '../../../src/domain/errors.ts';
import {ledgerEntry, ledgerReading} from '../../support/ledger.ts';
import {now, pairEntries, preprodEntries, productionEntries} from '../../tui/screens/history/fixtures.ts';
import {objectsIn, printedTerminal} from '../../support/printed-terminal.ts';

const environments = (['local', 'preprod', 'production'] as const).map(tier => ({
	project: 'qsights',
	name: tier,
	title: {local: 'Local', preprod: 'Pre-Prod', production: 'Production'}[tier],
	tier,
	timeZone: 'Asia/Kolkata',
	hosts: tier === 'local' ? [] : [{name: `${tier}-1`, address: '127.0.0.1'}],
}));

type Ledgers = Readonly<Record<string, LedgerReading | ErrorCode>>;

const known: Ledgers = {preprod: ledgerReading(preprodEntries), production: ledgerReading(productionEntries)};

/** Runs the command line on these ledgers; `remembered` is what this machine has seen before. */
const cockpit = async (
	args: readonly string[],
	{ledgers = known, remembered = {}}: {readonly ledgers?: Ledgers; readonly remembered?: Ledgers} = {},
) => {
	const {printed, terminal} = printedTerminal();
	const services = {
		clock: {now: () => now},
		ledgers: {
			read: ({name}: {readonly name: string}) => {
				const ledger = ledgers[name];
				return typeof ledger === 'object'
					? Promise.resolve(ledger)
					: Promise.reject(
							new DeployError({
								code: ledger ?? 'unreachable',
								what: 'No connection',
								why: 'timed out after 15 s',
								now: 'Nothing was changed.',
								next: 'Check the network.',
							}),
						);
			},
			remembered: ({name}: {readonly name: string}) => remembered[name],
		},
	} as unknown as AppServices;
	const context = {
		version: '0',
		terminal,
		open: () => Promise.resolve({environments, services, close: () => Promise.resolve()}),
	} as unknown as CliContext;
	const code = await runCli(context, ['history', ...args]);
	return {code, ...printed, objects: () => objectsIn(printed.out)};
};

test('history: a run names the build of the other app it was live beside', async () => {
	const ledgers = {...known, production: ledgerReading(pairEntries)};
	const {out} = await cockpit(['--env', 'production', '--limit', '2'], {ledgers});

	expect(out).toMatch(/deployed backend 7f3a9c2 in 6 min 12 s beside frontend 4e81d0c\n/);
	expect(out).toMatch(/deployed frontend 4e81d0c beside backend 4e81d0c\n/);
	const {objects} = await cockpit(['--env', 'production', '--limit', '1', '--json'], {ledgers});
	expect(objects()[0]).toMatchObject({pair: {frontend: {release: '20260204T055000Z-4e81d0c'}}});
});

test('history: newest first, a run with how long it took', async () => {
	const {code, out} = await cockpit([]);

	expect(code).toBe(0);
	const lines = out.split('\n');
	expect(lines[0]).toMatch(
		/^10 Feb 2026 11:29:53 IST {2}▲ {2}Ravi +production {2}8 {2}deployed backend 7f3a9c2 in 6 min 12 s$/,
	);
	expect(out).toMatch(/✗ {2}Asha +preprod +5 {2}failed "Home page loads under 3 s": 3.4/);
	expect(out).toContain('wrote soak.done, a type not known here');
	expect(lines.length).toBe(13);
});

test('history: filters and the limit; what is left out is said', async () => {
	expect((await cockpit(['--env', 'preprod', '--kind', 'sign-offs', '--who', 'asha'])).out.split('\n').length).toBe(
		4,
	);
	expect((await cockpit(['--app', 'frontend', '--kind', 'runs'])).out).toBe('Nothing is recorded that fits.\n');
	expect((await cockpit(['--limit', '2'])).out).toMatch(/\n2 of 12; more with --limit 12\n$/);
});

test('history --json: one object a line', async () => {
	const {code, objects} = await cockpit(['--json', '--limit', '1']);

	expect(code).toBe(0);
	expect(objects()).toMatchObject([
		{
			schema: 1,
			type: 'history',
			environment: 'production',
			seq: 8,
			outcome: 'deployed',
			tookMs: 372_000,
			entries: [7, 8],
		},
	]);
});

test('history --json: all there is, where no limit is named; a person gets the last fifty lines', async () => {
	const entries = Array.from({length: 60}, (_, index) =>
		ledgerEntry(index + 1, '2026-02-10T05:00:00Z', 'lock.removed', {who: 'Ravi'}),
	);
	const ledgers = {preprod: ledgerReading(entries)};
	const told = async (...more: readonly string[]) => cockpit(['--env', 'preprod', ...more], {ledgers});

	expect((await told('--json')).objects()).toHaveLength(60);
	expect((await told('--json', '--limit', '7')).objects()).toHaveLength(7);
	expect((await told()).out).toMatch(/\n50 of 60; more with --limit 60\n$/);
});

test('history: a silent host is named, and what is remembered of it is shown with its age', async () => {
	const silent = {
		ledgers: {preprod: ledgerReading(preprodEntries)},
		remembered: {production: ledgerReading(productionEntries)},
	};
	const {code, out} = await cockpit([], silent);

	expect(code).toBe(0);
	expect(out).toContain('deployed backend 7f3a9c2 in 6 min 12 s');
	expect(out).toContain(
		'? Production did not answer: timed out after 15 s\n  What is shown of it is remembered here; it ends with entry 8 of Tue 10 Feb 11:29 IST, 12 min ago.\n',
	);
	expect((await cockpit(['--env', 'production'], silent)).code).toBe(0);
	expect((await cockpit(['--json', '--kind', 'locks'], silent)).objects().at(-1)).toMatchObject({
		type: 'history.silent',
		environment: 'production',
		remembered: {seq: 8, ageMs: 727_000},
	});
});

test.each(['unreachable', 'timeout', 'host-key-changed'] as const)(
	'history --env: %s and nothing remembered exits 5',
	async failure => {
		const {code, err} = await cockpit(['--env', 'production'], {ledgers: {production: failure}});

		expect(code).toBe(5);
		expect(err).toContain('timed out after 15 s');
	},
);

test('history: without --env a silent host of which nothing is known is only named', async () => {
	const {code, out} = await cockpit([], {ledgers: {preprod: ledgerReading(preprodEntries)}});

	expect(code).toBe(0);
	expect(out).toContain('Nothing of it is remembered here.');
});

test('history: a ledger with a fault says so below what it still tells', async () => {
	const fault = 'is broken: line 10 is not readable';
	const {code, out} = await cockpit(['--env', 'preprod'], {
		ledgers: {preprod: ledgerReading(preprodEntries, {fault})},
	});

	expect(code).toBe(0);
	expect(out).toContain(`✗ the ledger of Pre-Prod ${fault}\n`);
});

test.each([
	[['--limit', '0'], 'a whole number from 1 on'],
	[['--limit', 'x'], 'a whole number from 1 on'],
	[['--kind', 'x'], 'Allowed choices are all, runs, sign-offs, locks'],
	[['--env', 'prod'], 'there are: local, preprod, production'],
])('history %j: exit 2', async (args, why) => {
	const {code, err} = await cockpit(args);

	expect(code).toBe(2);
	expect(err).toContain(why);
});
