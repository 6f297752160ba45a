import {globSync, readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {understand} from '../../src/commands/answers.ts';
import {parseDifferences} from '../../src/commands/backups/compare/backup-differences.ts';
import {parseBackups} from '../../src/commands/backups/list/backup-listing.ts';
import {parseVerification} from '../../src/commands/backups/verify/backup-verification.ts';
import {parseDrift} from '../../src/commands/contents/drift.ts';
import {parseEnvFound} from '../../src/commands/env/change-env.ts';
import {parseEnvKeys} from '../../src/commands/env/env-keys.ts';
import {parseEnvRead} from '../../src/commands/env/read-env.ts';
import {parseHostFacts} from '../../src/commands/host/host-facts.ts';
import {parseHostStatus} from '../../src/commands/host/host-status.ts';
import {parseRuns} from '../../src/commands/job/run-state.ts';
import {parseLedgerAnswer} from '../../src/commands/ledger/ledger.ts';
import {parseLiveMoved} from '../../src/commands/live/live-moved.ts';
import {parseHold} from '../../src/commands/lock/hold/hold.ts';
import {parseLockHolder} from '../../src/commands/lock/lock.ts';
import {parseNotOwner} from '../../src/commands/lock/marker/marker.ts';
import {parseWhoIsHere} from '../../src/commands/lock/presence/presence.ts';
import {parsePm2Logs} from '../../src/commands/logs/find-pm2-logs.ts';
import {parseNames} from '../../src/commands/host/names-taken.ts';
import {parseRoom} from '../../src/commands/host/room.ts';
import {parseOwnWords} from '../../src/commands/logs/own-words.ts';
import {parseLogsRead} from '../../src/commands/logs/read-logs.ts';
import {parseFrontendFacts} from '../../src/commands/nextjs/frontend-facts.ts';
import {parseBuildId} from '../../src/commands/nextjs/nextjs.ts';
import {parseProbedHost} from '../../src/commands/probes/probe-host.ts';
import {parseBetween} from '../../src/commands/rollback/between-releases.ts';
import {parseWaysBack} from '../../src/commands/rollback/ways-back.ts';
import {parseTreeListing} from '../../src/commands/tree-listing.ts';
import {DeployError} from '../../src/domain/errors.ts';
import {readChain} from '../../src/domain/ledger/ledger.ts';
import {parseManifest} from '../../src/domain/runs/pipeline.ts';
import {anyCharacter} from '../support/any-character.ts';
import {isDeep} from '../support/depth.ts';
import {parseHome} from '../../src/services/ssh/home.ts';

type Reader = {
	readonly name: string;
	readonly read: (text: string) => unknown;
	/** An answer as hosts give it. */
	readonly good: string;
};

const hash = 'a'.repeat(64);
const holder = 'run-1 1 7\n{"since":"2026-02-10T06:00:00Z","name":"Asha","machine":"laptop"}';
const record =
	'{"version":1,"run":"run-1","kind":"deploy","app":"backend","environment":"preprod","startedAt":"2026-02-10T06:00:00.000Z",' +
	`"commit":"${'c'.repeat(40)}","digest":"d","actor":{"name":"Asha","machine":"laptop"}}`;
const logs =
	'clock 1770703800 +0530\nfile 0 current 12 40 0 0 1770703700 /var/log/app.log\ndata 0 aGVsbG8K\nmore 0\nlogs end\n';
const facts =
	'time\t1770703800\nasked-at\t1770703800\nmachine\tm1\ncodec\tzstd\nlayout\tempty\nlive\tr1\nlive-kib\t120\nshared-kib\t8\n' +
	`free-app\t1000\nfree-backups\t1000\nfree-state\t1000\ninodes-app\t500\nlock\t${holder.replaceAll('\n', '\v')}\n` +
	'answer-php\tPHP 8.1.2\nanswer-npm\t10.1.0\nanswer-frontend\t' +
	'{"hasPm2":true,"pm2":"5.3.0","pm2User":"u","instances":[{"name":"web","pid":1,"uptime":1770703000000}],"otherNames":["x"],"daemons":[{"pid":2}],"owners":[{"pid":1,"startedAt":"2026-02-10T06:00:00Z"}],"node":"v20","live":{"buildId":"b"}}\n' +
	`env-key\tAPP_KEY\nmanifest\n100644 ${hash} a.php\0`;

/** Every reader of what a host prints. One that is exported and not in here fails below. */
const readers: readonly Reader[] = [
	{
		name: 'parseWaysBack',
		read: parseWaysBack,
		good: `time\t1770703800\nlive\tr2\nprevious\tr1\nrelease\tr1\nrelease\tr2\nfailed\tr0\nlock\t${holder.replaceAll('\n', '\v')}\nbackup\t120\t1770703000\tnoted\tbackend_20260210_113000.tar.gz\0\nnote\t{"file":"f","release":"r1","kept":{"a":"b"}}\nsince\t2026-02-01T00:00:00Z\n`,
	},
	{
		name: 'parseBetween',
		read: parseBetween,
		good: `record-live {"at":"2026-02-10T06:00:00Z","actor":{"name":"Asha"},"build":{"commit":"c"}}\nhas a.php\nstatus   2026_01_01_a ........ [1] Ran\nfile a.php aGVsbG8=\n`,
	},
	{
		name: 'parseBackups',
		read: text => parseBackups(text, {timeZone: 'Asia/Kolkata'}),
		good: `time\x001770703800\0free\x001000\0live backend\0r1\0since backend\x002026-02-01T00:00:00Z\0\0backend_20260210_113000.tar.gz\0f\x00120\x001770703000.5\0\0x.part\0ended\0\0./backend_20260210_113000.json\0{"at":"2026-02-10T06:00:00Z","origin":"cockpit","sizeBytes":120,"modified":1770703000,"sha256":"${hash}","entries":3}\n`,
	},
	{name: 'parseDifferences', read: parseDifferences, good: 'a\nb\n\0a: Contents differ\n\0a\0c\0'},
	{
		name: 'parseVerification',
		read: parseVerification,
		good: `entries 3\nunpacked 20\nbytes 10\nmodified 1770703000\nsha256 ${hash}\nroot ./\nstrip 1\nhas .env\nwhole\nbuild-id b1\n`,
	},
	{
		name: 'parseWhoIsHere',
		read: parseWhoIsHere,
		good: 'Asha%40laptop {"name":"Asha","machine":"laptop","section":"s"}\n',
	},
	{name: 'parseLockHolder', read: parseLockHolder, good: `${holder}\nrunning swap\n`},
	{
		name: 'parseHold',
		read: parseHold,
		good: 'Asha@laptop 1770703800\n{"name":"Asha","machine":"laptop","reason":"r","run":"run-1"}\n',
	},
	{name: 'parseNotOwner', read: parseNotOwner, good: 'not ours: another project\nnext: look\n'},
	{name: 'parseRuns', read: parseRuns, good: `lock backend\n${holder}\nend\nrecord ${record}\nclosed run-0 done\n`},
	{name: 'parseFrontendFacts', read: parseFrontendFacts, good: facts},
	{name: 'parseBuildId', read: parseBuildId, good: 'BUILD_ID b1\ndeployment d1\n'},
	{name: 'parseTreeListing', read: parseTreeListing, good: `f644\0a.php\0\0l777\0b\0a.php\0\0\0\0${hash}  ./a.php\0`},
	{
		name: 'parseProbedHost',
		read: text => parseProbedHost('web-1', text),
		good: 'time\t1770703800\ncores\t2\nload\t0.4\nMemTotal\t100\nMemAvailable\t50\ndisk\t100 50 50% 1% /\nasked\tunits 0\nunits\tId=nginx.service\nunits\tActiveState=active\nunits\tActiveEnterTimestamp=Tue 2026-02-10 05:50:00 UTC\nworker\t10 1 600 master\nlive-backend\tr1\nswapped-backend\t60\nscheduler\t30\nasked\tpm2 0\npm2\t{"user":"u","instances":[{"name":"web","pid":1,"uptime":1770703000000}],"owners":[]}\nend\t1770703801000\n',
	},
	{
		name: 'parseEnvFound',
		read: parseEnvFound,
		good: `adopted yes\nkind file\nowned 33 www-data\nuser 33\nreadable yes\nplace yes\nsize 12\nnames 1\nsha256 ${hash}\ncontent QUE9MQo=\n`,
	},
	{name: 'parseEnvKeys', read: parseEnvKeys, good: 'time\t1770703800\nenv-key\tAPP_KEY\n'},
	{
		name: 'parseEnvRead',
		read: parseEnvRead,
		good: 'time\t1770703800\nfile\t/var/www/.env\t640\twww-data\nQUE9MQo=\n\n',
	},
	{
		name: 'parseLedgerAnswer',
		read: parseLedgerAnswer,
		good: 'home {"machineId":"m","hostKey":"k"}\ntime 1770703800\nsize 20\nfrom 0\nledger\n{"seq":1}\n',
	},
	{name: 'parseOwnWords', read: text => parseOwnWords(text, 1), good: `${logs}unit php8.1-fpm failed\n`},
	{name: 'parseLogsRead', read: text => parseLogsRead(text, 1), good: logs},
	{name: 'parseNames', read: parseNames, good: 'time 1770703800\0backend_20260210_112341.tar.gz\0'},
	{name: 'parseRoom', read: parseRoom, good: 'room\t/tmp\t16384\t1000\t/tmp\nroom\t/srv\t0\t-\t/\n'},
	{name: 'parsePm2Logs', read: parsePm2Logs, good: '{"output":"/a","errors":"/b"}\n'},
	{
		name: 'parseHostStatus',
		read: parseHostStatus,
		good: `time 1770703800\nlive backend r1\nby-hand backend r1 r2 2026-02-10T06:00:00Z ubuntu\nlock backend\n${holder}\nend\nrecord ${record}\nmaintenance-held backend run-1 2026-02-10T06:00:00Z\nhold backend\nAsha@laptop 1770703800\n{"reason":"r"}\nservice nginx active\ndisk 1000 40%\ninodes 3%\nledger-bytes 20\n`,
	},
	{name: 'parseHostFacts', read: parseHostFacts, good: facts},
	{
		name: 'parseLiveMoved',
		read: parseLiveMoved,
		good: 'live was r1 when the run began, and is r2 now, put live by hand at 2026-02-10T06:00:00Z by ubuntu\n',
	},
	{name: 'parseDrift', read: parseDrift, good: 'listed yes\nadded a.php\0changed b.php\0'},
];

/** Read by others than commands. */
const elsewhere: readonly Reader[] = [
	{name: 'parseHome', read: parseHome, good: '\u001Ehome /home/me\u001E'},
	{name: 'parseManifest', read: parseManifest, good: `100644 ${hash} a.php\0`},
	{
		name: 'readChain',
		read: text => readChain(text, () => hash),
		good: `{"seq":1,"prev":"${hash}","time":"2026-02-10T06:00:00Z","type":"ledger.opened","data":{}}\n`,
	},
];

const latest = Date.UTC(10_000, 0, 1);

/** Where a value holds a number that is none, or a time that no clock shows. Text that a person reads is not looked at. */
const absurdIn = (value: unknown, path: string): readonly string[] => {
	if (typeof value === 'number') {
		// What a host does not know is not known: those say so with NaN, and their readers ask.
		const mayBeUnknown = /\.(here|liveKib|sharedKib|(?:freeInodes|freeKib)(?:\.\w+)?)$/.test(path);
		if (Number.isNaN(value) && !mayBeUnknown) return [`${path} is NaN`];
		const isTime =
			/\.(time|end|modified|until|startedAt|changedAt|takenAt|verifiedAt|at|adoptedAt|swappedAt)$/.test(path);
		return isTime && Math.abs(value) > latest ? [`${path} is ${value}`] : [];
	}
	if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return [];
	if (value instanceof Map) return [...value.values()].flatMap(one => absurdIn(one, path));
	return Object.entries(value).flatMap(([name, one]) => absurdIn(one, `${path}.${name}`));
};

/** A value, or the one error with what came; anything else is thrown on. */
const outcomeOf = ({read}: Reader, text: string): {readonly value: unknown} | {readonly error: DeployError} => {
	try {
		return {value: understand('web-1', {code: 0, stdout: text, stderr: ''}, read)};
	} catch (error) {
		if (error instanceof DeployError && error.code === 'answer-unreadable') return {error};
		throw error;
	}
};

const expectTotal = (reader: Reader, text: string): void => {
	const outcome = outcomeOf(reader, text);
	if ('value' in outcome) expect(absurdIn(outcome.value, reader.name)).toEqual([]);
	else {
		expect(outcome.error.what).toContain('web-1');
		expect(outcome.error.why).toContain('exit 0');
		expect(outcome.error.why.length).toBeLessThan(700);
		expect(outcome.error.why).not.toMatch(/\p{Cc}/u);
	}
};

const hostile = fc.oneof(
	fc.constantFrom(
		'',
		'\0',
		'\n',
		'\uFFFD',
		'9'.repeat(30),
		`-${'9'.repeat(30)}`,
		'-1',
		'NaN',
		'1e400',
		'+275760-09-13T00:00:00.000Z',
		'2026-99-99T99:99:99Z',
		'null',
		'[]',
		'{}',
		'{"version":1,"kind":7}',
		'loading tools... ',
	),
	fc.string({unit: anyCharacter, maxLength: 20}),
	// As a decoder leaves bytes that are no UTF-8.
	fc.uint8Array({maxLength: 20}).map(bytes => Buffer.from(bytes).toString()),
);

const spoiled = (good: string): fc.Arbitrary<string> => {
	const at = fc.nat(good.length);
	const lines = good.split('\n');
	const numbers = [...good.matchAll(/\d+/g)];
	return fc.oneof(
		fc.tuple(at, hostile).map(([index, text]) => good.slice(0, index) + text + good.slice(index)),
		fc
			.tuple(at, fc.nat(12), hostile)
			.map(([index, gone, text]) => good.slice(0, index) + text + good.slice(index + gone)),
		fc.shuffledSubarray(lines, {minLength: 0}).map(some => some.join('\n')),
		fc.nat(lines.length - 1).map(index => lines.toSpliced(index, 0, lines[index] ?? '').join('\n')),
		fc.tuple(fc.nat(Math.max(numbers.length - 1, 0)), hostile).map(([index, text]) => {
			const number = numbers[index];
			return number ? good.slice(0, number.index) + text + good.slice(number.index + number[0].length) : text;
		}),
		fc.constant(good + good),
		hostile,
	);
};

const runs = isDeep ? 5000 : 60;

describe.each([...readers, ...elsewhere])('$name', reader => {
	test('reads a good answer', () => {
		expect(outcomeOf(reader, reader.good)).toHaveProperty('value');
		expectTotal(reader, reader.good);
	});

	test('cut at each character: a value or the one error', () => {
		for (let end = 0; end < reader.good.length; end += 1) expectTotal(reader, reader.good.slice(0, end));
	});

	test('spoiled in any way: a value or the one error', () => {
		fc.assert(
			fc.property(spoiled(reader.good), text => expectTotal(reader, text)),
			{seed: 7, numRuns: runs},
		);
	});

	test.runIf(isDeep)('lines of 10 MB: a value or the one error', () => {
		for (const fill of ['x', ' ', '\0', '9', '\t', '/']) {
			expectTotal(reader, fill.repeat(10_000_000));
			expectTotal(reader, `${reader.good.slice(0, 60)}${fill.repeat(10_000_000)}${reader.good.slice(60)}`);
		}
	});
});

test('every reader of an answer is in the table', () => {
	const exported = globSync('src/commands/**/*.ts').flatMap(file =>
		[...readFileSync(file, 'utf8').matchAll(/^export const (parse[A-Z]\w*)\b/gm)].map(([, name = '']) => name),
	);

	expect(exported.toSorted()).toEqual(readers.map(({name}) => name).toSorted());
});

test('no reader throws an error of its own kind', () => {
	const offenders = globSync('src/commands/**/*.ts').filter(file =>
		/throw new Error\(/.test(readFileSync(file, 'utf8')),
	);

	expect(offenders).toEqual([]);
});
