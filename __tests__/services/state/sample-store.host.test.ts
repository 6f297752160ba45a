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
