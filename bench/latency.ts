import {execa} from 'execa';
import {loadavg} from 'node:os';
import {startSshLab} from '../__tests__/support/ssh-lab.ts';
import {renderScript, startOrAttachJob} from '../src/commands/job/job.ts';
import {takeLock} from '../src/commands/lock/lock.ts';
import {renderCommand} from '../src/commands/shell.ts';
import type {ExecResult, Session} from '../src/domain/ports.ts';
import {interleave, rowsOf, type Row, type Way} from './compare.ts';
import {openOpenSsh, start} from './openssh.ts';
import {startSlowLink} from './slow-link.ts';

/** Bash reads ~/.bashrc for a command over ssh unless it thinks itself nested: that file is not what is measured. */
const noProfile = 'SetEnv SHLVL=9';

const exec = async (session: Session, line: string, input = ''): Promise<ExecResult> => {
	const result = await session.exec(line, {lane: 'run', input});
	if (result.code !== 0) throw new Error(`${line}: ${result.code} ${result.stderr}`);
	return result;
};

/** A job on an app whose lock this run holds; the runner's own commands, without its journal. */
const jobWays = async (session: Session, directory: string): Promise<readonly Way[]> => {
	const state = {directory, app: 'backend', run: 'bench'};
	await exec(session, renderCommand(takeLock(state, {attempt: 1, holder: {}, record: {}, entry: {}})));
	const command = {argv: ['echo', 'done']} as const;
	const script = renderScript([command]);
	const line = (job: string): string => renderCommand(startOrAttachJob(state, {job, attempt: 1, offset: 0, script}));
	const attach = async (job: string): Promise<void> => {
		const {stderr} = await exec(session, line(job), script);
		if (!/^J exit 0 \d+$/m.test(stderr)) throw new Error(`no exit code of ${job}: ${stderr}`);
	};
	let count = 0;
	await attach('finished');
	return [
		{name: 'plain exec', run: async () => void (await exec(session, renderCommand(command)))},
		{name: 'job, start to exit code', run: () => attach(`job-${(count += 1)}`)},
		{name: 'job that is over, attach again', run: () => attach('finished')},
	];
};

/** One command over an open session, and one job, beside OpenSSH's client. */
export const measureLatency = async (rttMs: number, rounds: number): Promise<Row[]> => {
	await using stack = new AsyncDisposableStack();
	const lab = stack.adopt(await startSshLab({sshdOptions: [noProfile]}), lab => lab.stop());
	const link = stack.adopt(await startSlowLink({host: '127.0.0.1', port: lab.sshd.port}), link => link.stop());
	await link.setRtt(rttMs);
	const port = rttMs === 0 ? lab.sshd.port : link.port;
	const session = lab.session({port});
	await session.connect();
	const login = {
		address: '127.0.0.1',
		port,
		user: lab.sshd.user,
		identityFile: lab.key.path,
		hostKey: lab.sshd.hostPublicKeys[0],
	};
	const openssh = stack.adopt(await openOpenSsh(lab.directory, login), openssh => openssh.close());

	const ways: readonly Way[] = [
		{name: 'cockpit, open session', run: async () => void (await exec(session, 'true'))},
		{name: 'ssh, ControlMaster', run: () => start([...openssh.shared, openssh.destination, 'true'])},
		{name: 'ssh, new connection', run: () => start([...openssh.fresh, openssh.destination, 'true'])},
	];
	const about = (name: string, reference: string) => ({
		section: 'latency',
		case: name,
		rttMs,
		reference,
		load: loadavg()[0] ?? NaN,
	});
	const latency = await interleave(ways, rounds);
	const jobs = await interleave(await jobWays(session, `${lab.directory}/state`), rounds);
	return [
		...rowsOf(latency, about('one command', 'ssh, ControlMaster')),
		...rowsOf(jobs, about('one job', 'plain exec')),
	];
};

/** What starting a program costs here: below it no tool of several processes can come. */
export const measureProcess = async (rounds: number): Promise<Row[]> => {
	const ways: readonly Way[] = [
		{name: 'start `true`', run: async () => void (await execa('true'))},
		{name: 'start `node -e 0`', run: async () => void (await execa(process.execPath, ['-e', '0']))},
	];
	return rowsOf(await interleave(ways, rounds), {
		section: 'machine',
		case: 'one process',
		rttMs: 0,
		reference: 'start `true`',
		load: loadavg()[0] ?? NaN,
	});
};
