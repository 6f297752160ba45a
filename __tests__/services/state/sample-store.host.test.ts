import {execFile} from 'node:child_process';
import {mkdtempSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {expect, onTestFinished, test} from 'vitest';
import {createSampleStore} from '../../../src/services/state/sample-store.ts';

const run = promisify(execFile);

/** One cockpit among several: adds readings of its own, and says how many messages it was the first to tell. */
const writer = `
const [module, directory, name] = process.argv.slice(1);
const {createSampleStore} = await import(module);
const id = {project: 'qsights', environment: 'production'};
const store = createSampleStore(directory);
let first = 0;
for (let at = 0; at < 200; at++) {
	store.add(id, [{probe: name, title: name, kind: 'http', at, state: 'pass', value: at, unit: 'ms', text: '200'}]);
	if (!store.tellOnce(id, 'message ' + at, 0)) first++;
}
store.close();
console.log(first);
`;

test('samples: several processes that begin at once lose nothing, tell each message once, and say nothing', async () => {
	const directory = mkdtempSync(join(tmpdir(), 'cockpit-samples-'));
	onTestFinished(() => rm(directory, {recursive: true, force: true}));
	const module = join(process.cwd(), 'src/services/state/sample-store.ts');
	const ran = await Promise.all(
		['a', 'b', 'c'].map(name =>
			run(process.execPath, ['--input-type=module', '--eval', writer, module, directory, name]),
		),
	);
	const store = createSampleStore(directory);
	onTestFinished(() => store.close());
	const kept = store.read({project: 'qsights', environment: 'production'}, {from: 0, until: 200});

	expect(ran.map(({stderr}) => stderr)).toEqual(['', '', '']);
	expect(ran.reduce((sum, {stdout}) => sum + Number(stdout), 0)).toBe(200);
	expect(kept).toHaveLength(600);
});

/** Adds a reading each second until long after the disk is full, and says how many it can read again. */
const filler = `
const [module, directory] = process.argv.slice(1);
const {createSampleStore} = await import(module);
const id = {project: 'qsights', environment: 'production'};
const store = createSampleStore(directory);
const told = [];
for (let at = 0; at < 3000; at++) {
	const text = 'no answer: ' + 'x'.repeat(200);
	store.add(id, [{probe: 'a', title: 'a', kind: 'http', at, state: 'fail', value: at, unit: 'ms', text}]);
}
store.addSignatures(id, [
	{log: 'laravel', signature: 's', level: 'error', firstAt: 0, lastAt: 0, count: 1, sample: 's'},
]);
told.push(store.tellOnce(id, 'down', 0), store.tellOnce(id, 'down', 0));
const read = store.read(id, {from: 0, until: 3000});
const isInOrder = read.every(({at}, index) => at === index);
console.log(JSON.stringify({count: read.length, isInOrder, kinds: store.signatures(id).length, told}));
store.close();
`;

const isRoot = process.getuid?.() === 0;

test.skipIf(!isRoot).each([
	{what: 'read-only', options: 'ro'},
	{what: 'full from the start', options: 'size=16k'},
	{what: 'too small for its tables', options: 'size=64k'},
	{what: 'full after a while', options: 'size=512k'},
])(
	'samples on a disk that is $what (needs root): all are kept and read, nothing is told twice, nothing is said',
	async ({options}) => {
		const directory = mkdtempSync(join(tmpdir(), 'cockpit-samples-'));
		onTestFinished(() => rm(directory, {recursive: true, force: true}));
		const module = join(process.cwd(), 'src/services/state/sample-store.ts');
		const mounted =
			'mount -t tmpfs -o "$1" none "$2" && shift && exec "$2" --input-type=module --eval "$3" "$4" "$1"';
		const {stdout, stderr} = await run('unshare', [
			'--mount',
			'sh',
			'-c',
			mounted,
			'sh',
			options,
			directory,
			process.execPath,
			filler,
			module,
		]);

		expect(stderr).toBe('');
		expect(JSON.parse(stdout)).toEqual({count: 3000, isInOrder: true, kinds: 1, told: [false, true]});
	},
);
