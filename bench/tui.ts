import {mkdtemp, rm} from 'node:fs/promises';
import {cpus, loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {bundle} from '../__tests__/support/tui/bundle.ts';
import {measureFirstFrame} from './tui-first-frame.ts';
import {measureLogs} from './tui-logs.ts';
import {measureKeys} from './tui-keys.ts';
import {measureIdle, measureMemory} from './tui-quiet.ts';

const usage = `usage: node bench/tui.ts [options]     the product must be built
  --only first-frame,keys,idle,memory,logs   default: all
  --rounds N                            starts of each way; default 10
  --keys N                              keys in each way; default 100
  --idle SECONDS                        default 30
  --minutes N                           of a stream of 5,000 lines/s; default 1`;

const {values} = parseArgs({
	options: {
		only: {type: 'string', default: 'first-frame,keys,idle,memory,logs'},
		rounds: {type: 'string', default: '10'},
		keys: {type: 'string', default: '100'},
		idle: {type: 'string', default: '30'},
		minutes: {type: 'string', default: '1'},
		help: {type: 'boolean', default: false},
	},
});

const entries = {
	hello: new URL('../__tests__/support/tui/hello-stage.ts', import.meta.url).pathname,
	stage: new URL('../__tests__/support/tui/stage.ts', import.meta.url).pathname,
	stream: new URL('../__tests__/support/tui/stream-stage.ts', import.meta.url).pathname,
	logs: new URL('../__tests__/support/tui/log-stage.ts', import.meta.url).pathname,
};

if (values.help) {
	console.log(usage);
} else {
	const only = values.only.split(',');
	const [{model} = {model: 'unknown'}] = cpus();
	const load = loadavg().map(value => value.toFixed(1));
	console.log(`node ${process.version}  ${cpus().length} x ${model.trim()}  load ${load.join(' ')}`);
	await using hello = await bundle(entries.hello);
	await using stage = await bundle(entries.stage);
	await using stream = await bundle(entries.stream);
	await using logs = await bundle(entries.logs);
	const home = await mkdtemp(join(tmpdir(), 'cockpit-bench-'));
	const ways = {hello: hello.file, stage: stage.file, stream: stream.file, logs: logs.file, home};
	try {
		if (only.includes('first-frame')) await measureFirstFrame(ways, Number(values.rounds));
		if (only.includes('keys')) await measureKeys(ways, Number(values.keys));
		if (only.includes('idle')) await measureIdle(ways, Number(values.idle));
		if (only.includes('memory')) await measureMemory(ways, Number(values.minutes));
		if (only.includes('logs'))
			await measureLogs(ways, {
				keys: Number(values.keys),
				minutes: Number(values.minutes),
				idle: Number(values.idle),
			});
	} finally {
		await rm(home, {recursive: true, force: true});
	}
}
