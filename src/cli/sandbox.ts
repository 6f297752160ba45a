import {prepareAdoption} from '../app/adopt.ts';
import {prepareDeploy} from '../app/deploy.ts';
import {primaryHost} from '../domain/environment.ts';
import {environmentNamed, type CliContext, type Cockpit} from './cli-context.ts';
import {drive} from './drive.ts';
import {paint} from './terminal.ts';

export type SandboxOptions = {readonly serve: boolean; readonly dir?: string};

/**
 * `cockpit sandbox`: takes over a pre-prod host as the old scripts left it, deploys a backend to it, and keeps the
 * sandbox up while a person is there. `--serve`: one JSON line when it is ready, then until TERM.
 */
export const sandbox = async (context: CliContext, options: SandboxOptions): Promise<number> => {
	const {terminal} = context;
	const running = await context.startSandbox({directory: options.dir, inChild: !options.serve});
	const stop = terminal.onSignal(() => void running.close());
	try {
		if (options.serve) {
			terminal.out(`${running.readyLine}\n`);
			await running.ended;
			return 0;
		}
		const cockpit = await context.open(running.config);
		const code = await tour(context, cockpit).finally(() => cockpit.close());
		if (code === 0 && terminal.isInteractive) {
			terminal.out(`\n${paint(terminal, 'strong', 'The sandbox stays up until Ctrl-C.')} In another terminal:\n`);
			terminal.out(
				`  cockpit --config ${running.config} status\n  cockpit --config ${running.config} deploy backend --env preprod\n`,
			);
			await running.ended;
		}
		return code;
	} finally {
		stop();
		await running.close();
	}
};

const tour = async ({terminal}: CliContext, cockpit: Cockpit): Promise<number> => {
	const {services} = cockpit;
	const environment = environmentNamed(cockpit, 'preprod');
	await services.sessions.session(primaryHost(environment)).connect();
	if (environment.apps.backend && !(await isAdopted(cockpit))) {
		const code = await drive(terminal, services, await prepareAdoption(services, {environment, undo: false}), {
			attempt: 1,
			json: false,
		});
		if (code !== 0) return code;
		terminal.out('\n');
	}
	return drive(terminal, services, await prepareDeploy(services, {environment, app: 'backend'}), {
		attempt: 1,
		json: false,
	});
};

const isAdopted = async (cockpit: Cockpit): Promise<boolean> => {
	const {readStatus} = await import('../app/status.ts');
	const [status] = await readStatus(cockpit.services, [environmentNamed(cockpit, 'preprod')]);
	return status?.backend?.isAdopted === true;
};
