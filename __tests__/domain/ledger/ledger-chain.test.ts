import {expect, test} from 'vitest';
import {
	contradicts,
	isOther,
	readChain,
	readOn,
	emptyChain,
	type LedgerEntry,
	type LedgerHeader,
} from '../../../src/domain/ledger/ledger.ts';
import {isDeep} from '../../support/depth.ts';
import {ledgerText, sha256} from '../oracle/ledger-text.ts';

const identity: LedgerHeader = {
	project: 'qsights',
	environment: 'preprod',
	machineId: 'a1b2c3',
	hostKey: 'SHA256:host',
};

type Line = Pick<LedgerEntry, 'type' | 'data'>;

const build = {commit: 'c0ffee1', digest: 'd1'};
// The name takes more than one byte a letter, as names do.
const actor = {name: 'Aśa 灯', machine: 'laptop-1', key: 'SHA256:asha'};

const opened = (more: Partial<LedgerHeader> = {}): Line => ({type: 'ledger.opened', data: {...identity, ...more}});

const story: readonly Line[] = [
	opened(),
	{type: 'adopt.finished', data: {app: 'backend', run: 'run-1', release: 'r1', build: {commit: '', digest: ''}}},
	{type: 'deploy.started', data: {app: 'backend', run: 'run-2', build}},
	{type: 'deploy.finished', data: {app: 'backend', run: 'run-2', release: 'r2', build}},
	{
		type: 'checklist.signed',
		data: {item: 'api', result: 'failed', note: 'says 500', builds: {backend: 'd1'}, supersedes: []},
	},
	{type: 'checklist.signed', data: {item: 'api', result: 'passed', builds: {backend: 'd1'}, supersedes: [5]}},
	{type: 'checklist.undone', data: {item: 'api', builds: {backend: 'd1'}, supersedes: [6]}},
	{type: 'deploy.started', data: {app: 'backend', run: 'run-3', build}},
	{type: 'deploy.failed', data: {app: 'backend', run: 'run-3', release: 'r3', wentBack: true, build}},
	{
		type: 'checklist.signed',
		data: {item: 'mail', result: 'passed', value: 'inbox', builds: {backend: 'd1'}, supersedes: []},
	},
	{type: 'rollback.started', data: {app: 'backend', run: 'run-4', build}},
	{type: 'rollback.finished', data: {app: 'backend', run: 'run-4', release: 'r1', build}},
];

/** As the host writes it: `{"seq":N,"time":"...","prev":"..."` and what it was given. */
const written = (lines: readonly Line[]): string =>
	ledgerText(lines.map((line, index) => ({at: Date.parse('2026-02-10T05:30:00Z') + index * 60_000, actor, ...line})));

const text = written(story);
const whole = readChain(text, sha256);
const witness = {...(whole.head ?? {seq: 0, hash: ''}), who: 'production entry 7'};
const linesOf = (ledger: string): readonly string[] => ledger.split('\n').slice(0, -1);
const lines = linesOf(text);
const fileOf = (some: readonly string[]): string => some.map(line => `${line}\n`).join('');

/** How the product would notice: by the chain, by somebody who saw its head, or by whose it is. */
const noticed = (ledger: string): {readonly line: number | undefined; readonly why: string | undefined} => {
	const chain = readChain(ledger, sha256);
	return {
		line: chain.fault?.line,
		why: chain.fault?.problem ?? contradicts(chain, witness) ?? isOther(chain.header, identity),
	};
};

test('ledger chain: a ledger as the host wrote it holds together', () => {
	expect(lines).toHaveLength(12);
	expect(lines[1]).toMatch(/^\{"seq":2,"time":"2026-02-10T05:31:00Z","prev":"[0-9a-f]{64}","type":"adopt.finished"/);
	expect(whole).toMatchObject({
		fault: undefined,
		lines: 12,
		header: identity,
		head: {seq: 12, hash: sha256(lines[11] ?? '')},
	});
	expect(noticed(text)).toEqual({line: undefined, why: undefined});
	expect(noticed(text + written([...story, story[0] ?? opened()]).slice(text.length))).toEqual({
		line: undefined,
		why: undefined,
	});
});

test('ledger chain: every changed byte is noticed, and the line is named or the one that follows from it', () => {
	const bytes = Buffer.from(text);
	const missed: string[] = [];
	let place = 1;
	for (const [position, byte] of bytes.entries()) {
		const others = [byte ^ 1, byte ^ 0x20, 0x0a, 0x20, 0x22, 0x30, 0x39, 0x61, 0x7d, 0x00, 0xff].filter(
			other => other !== byte,
		);
		// All of them in the full depth; else two of them, others at each byte.
		const tried = isDeep ? others : [position, position * 7 + 3].flatMap(at => others[at % others.length] ?? []);
		for (const other of new Set(tried)) {
			const changed = Buffer.from(bytes);
			changed[position] = other;
			const {line, why} = noticed(changed.toString());
			const isNamed = line === place || (place === lines.length && line === undefined);
			const isNextNamed = line === place + 1 && why === `line ${line} does not follow from the line before`;
			if (why === undefined || !(isNamed || isNextNamed))
				missed.push(`byte ${position} of line ${place}: ${byte} became ${other}: ${line} ${why}`);
		}
		if (byte === 0x0a) place++;
	}
	expect(missed).toEqual([]);
});

test('ledger chain: a line that was changed with its hash passed on is noticed by who saw the end', () => {
	const forged = written(
		story.map((line, index) => (index === 4 ? {...line, data: {...line.data, result: 'passed'}} : line)),
	);

	expect(readChain(forged, sha256).fault).toBe(undefined);
	expect(noticed(forged).why).toBe('entry 12 is not the one that production entry 7 has seen');
});

test('ledger chain: every two lines that change places are noticed, and the first of them is named', () => {
	for (let first = 0; first < lines.length; first++) {
		for (let second = first + 1; second < lines.length; second++) {
			const swapped = lines.with(first, lines[second] ?? '').with(second, lines[first] ?? '');
			expect(noticed(fileOf(swapped)).line, `lines ${first + 1} and ${second + 1}`).toBe(first + 1);
		}
	}
});

test('ledger chain: every line that is taken out is noticed, and its place is named', () => {
	for (const [index] of lines.entries()) {
		const {line, why} = noticed(fileOf(lines.toSpliced(index, 1)));
		if (index < lines.length - 1)
			expect(why).toBe(`line ${index + 1} has number ${index + 2} where ${index + 1} belongs`);
		else
			expect({line, why}).toEqual({
				line: undefined,
				why: 'went back from 12 to 11 entries: production entry 7 has seen more',
			});
	}
});

test('ledger chain: every line that comes twice is noticed', () => {
	for (const [index, line] of lines.entries())
		expect(noticed(fileOf(lines.toSpliced(index, 0, line))).line, `line ${index + 1}`).toBe(index + 2);
});

test('ledger chain: every cut of the end is noticed, at a line and within one', () => {
	const bytes = Buffer.from(text);
	for (let length = 0; length < bytes.length; length++) {
		const cut = bytes.subarray(0, length);
		const {line, why} = noticed(cut.toString());
		const left = linesOf(cut.toString()).length;
		if (length === 0 || cut.at(-1) === 0x0a)
			expect({line, why}).toEqual({
				line: undefined,
				why: `went back from 12 to ${left} entries: production entry 7 has seen more`,
			});
		else expect({line, why}).toEqual({line: left + 1, why: `line ${left + 1} is not complete`});
	}
});

test('ledger chain: an older copy that was written on is noticed', () => {
	const older = story.slice(0, 8);
	const other: Line = {type: 'deploy.abandoned', data: {app: 'backend', run: 'run-3', build}};

	expect(noticed(written([...older, other])).why).toBe(
		'went back from 12 to 9 entries: production entry 7 has seen more',
	);
	expect(noticed(written([...older, other, other, other, other, other])).why).toBe(
		'entry 12 is not the one that production entry 7 has seen',
	);
});

test.each([
	{what: 'another machine', header: {machineId: 'd4e5f6'}, why: 'was begun on another machine'},
	{what: 'a host with another key', header: {hostKey: 'SHA256:other'}, why: 'was begun by a host with another key'},
	{what: 'another environment', header: {environment: 'production'}, why: 'is the ledger of qsights production'},
	{what: 'another project', header: {project: 'other'}, why: 'is the ledger of other preprod'},
	{what: 'a machine that has no id', header: {machineId: ''}, why: undefined},
])('ledger chain: one of $what', ({header, why}) => {
	const chain = readChain(written([opened(header), ...story.slice(1)]), sha256);

	expect(chain.fault).toBe(undefined);
	expect(isOther(chain.header, identity)).toBe(why);
});

test('ledger chain: one without line 1, or with another, is nobody’s', () => {
	expect(isOther(readChain(written(story.slice(1)), sha256).header, identity)).toBe(
		'does not say whose ledger it is',
	);
	expect(isOther(readChain('', sha256).header, identity)).toBe('does not say whose ledger it is');
});

test('ledger chain: read on from any line it is the same as read at once', () => {
	for (let count = 0; count <= lines.length; count++) {
		const first = readOn(emptyChain, fileOf(lines.slice(0, count)), {sha256, previous: ''});
		const second = readOn(first.chain, fileOf(lines.slice(count)), {sha256, previous: first.previous});
		expect(second.chain).toEqual(whole);
	}
});

test('ledger chain: a line that is being written is no fault while one waits for it', () => {
	const torn = text.slice(0, -20);

	expect(readOn(emptyChain, torn, {sha256, previous: '', isWhole: false}).chain).toMatchObject({
		fault: undefined,
		lines: 11,
	});
});

/** One line that chains, with members of its own. */
const single = (members: string): string =>
	`{"seq":1,"time":"2026-02-10T05:30:00Z","prev":"${sha256('')}",${members}}\n`;

test.each([
	{asks: 'nothing', members: '"type":"a"', problem: undefined},
	{asks: 'for this reader', members: '"type":"a","min_reader":1', problem: undefined},
	{
		asks: 'for a later one',
		members: '"type":"a","min_reader":2',
		problem: 'line 1 needs a newer cockpit: it says something this version does not understand (a)',
	},
	{
		asks: 'for one in words',
		members: '"type":"a","min_reader":"2"',
		problem: 'line 1 needs a newer cockpit: it says something this version does not understand (a)',
	},
	{asks: 'nothing, without a type', members: '"data":{}', problem: 'line 1 has no type'},
])('ledger chain: an entry that asks $asks', ({members, problem}) => {
	expect(readChain(single(members), sha256).fault?.problem).toBe(problem);
});

test.each([
	{line: '[]', problem: 'line 1 is not an entry'},
	{line: 'null', problem: 'line 1 is not an entry'},
	{line: '', problem: 'line 1 is not readable'},
	{line: '{}', problem: 'line 1 has number none where 1 belongs'},
	{line: '{"seq":1,"prev":""}', problem: 'line 1 does not follow from the line before'},
	{line: `{"seq":1,"prev":"${sha256('')}","time":"noon"}`, problem: 'line 1 has no time'},
])('ledger chain: a line $line', ({line, problem}) => {
	expect(readChain(`${line}\n`, sha256).fault).toEqual({line: 1, problem});
});
