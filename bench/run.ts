import {appendFile, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {cpus, loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {realHostUnavailable} from '../__tests__/support/real-host/real-host-unavailable.ts';
import {startRealHost} from '../__tests__/support/real-host/start-real-host.ts';
import type {Row} from './compare.ts';
import {configure, measureDeploy, prepareDeploys, reach} from './deploy.ts';
import {measureLatency, measureProcess} from './latency.ts';
import {makeProject} from './project.ts';
import {table} from './report.ts';
import {startSlowLink} from './slow-link.ts';
import {measureTransfer} from './transfer.ts';

const usage = `usage: node scripts/bench.ts [options]
  --only latency,transfer,deploy   default: all
  --scale N                        times 6,000 files and 60 MB; default 0.25
  --rounds N                       rounds of transfer; latency takes 5 times as many, deploy one fewer; default 3
  --rtt 0,50                       round trips in ms; default both
  --lines FILE                     appends one JSON object per row
  --events FILE                    appends the events of every deploy`;

const {values} = parseArgs({
	options: {
		only: {type: 'string', default: 'latency,transfer,deploy'},
		scale: {type: 'string', default: '0.25'},
		rounds: {type: 'string', default: '3'},
		rtt: {type: 'string', default: '0,50'},
		lines: {type: 'string'},
		events: {type: 'string'},
		help: {type: 'boolean', default: false},
	},
});
const only = values.only.split(',');
const [scale, rounds] = [Number(values.scale), Number(values.rounds)];
const rtts = values.rtt.split(',').map(Number);

const print = async (title: string, rows: readonly Row[]): Promise<void> => {
	const load = loadavg().map(value => value.toFixed(1));
	console.log(`\n${title} (load ${load.join(' ')})\n\n${table(rows)}`);
	if (values.lines !== undefined)
		await appendFile(values.lines, rows.map(row => `${JSON.stringify(row)}\n`).join(''));
};

const measureOnRealHosts = async (directory: string): Promise<void> => {
	await using stack = new AsyncDisposableStack();
	const start = async (name: string, ip: string) => {
		const host = stack.adopt(await startRealHost({name, ip}), host => host.stop());
		const link = stack.adopt(await startSlowLink({host: ip, port: host.sshPort}), link => link.stop());
		return reach(directory, host, link);
	};
	const hosts = {cockpit: await start('cockpit-1', '127.0.0.2'), old: await start('old-1', '127.0.0.3')};
	const project = await makeProject(directory, scale, root => configure(root, hosts.cockpit));
	console.log(`\nTree: ${project.files} files besides the app, scale ${scale}`);

	if (only.includes('transfer')) {
		for (const rttMs of rtts)
			await print(
				`Transfer at ${rttMs} ms`,
				await measureTransfer(hosts.cockpit.host, project, {directory, rttMs, rounds}),
			);
	}
	if (!only.includes('deploy')) return;
	const home = join(directory, 'home');
	await prepareDeploys(hosts, project, home);
	for (const rttMs of rtts) {
		const facts: object[] = [];
		const rows = await measureDeploy(hosts, project, {home, rttMs, rounds: Math.max(1, rounds - 1)}, fact =>
			facts.push(fact),
		);
		await print(`Deploy at ${rttMs} ms`, rows);
		if (values.events !== undefined)
			await appendFile(values.events, facts.map(fact => `${JSON.stringify(fact)}\n`).join(''));
	}
};

if (values.help) {
	console.log(usage);
} else {
	const model = cpus()[0]?.model ?? 'unknown';
	console.log(`${new Date().toISOString()}  node ${process.version}  ${cpus().length} x ${model.trim()}`);
	for (const file of [values.lines, values.events]) if (file !== undefined) await writeFile(file, '');
	if (only.includes('latency')) {
		const rows = [await measureProcess(rounds * 5)];
		for (const rttMs of rtts) rows.push(await measureLatency(rttMs, rounds * 5));
		await print('Latency', rows.flat());
	}
	const why = realHostUnavailable();
	const wanted = only.includes('transfer') || only.includes('deploy');
	if (wanted && why !== undefined) console.log(`\nNo transfer, no deploy: a real host ${why}.`);
	else if (wanted) {
		const directory = await mkdtemp(join(tmpdir(), 'cockpit-bench-'));
		try {
			await measureOnRealHosts(directory);
		} finally {
			await rm(directory, {recursive: true, force: true});
		}
	}
}
