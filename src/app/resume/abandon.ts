import {askBegun} from '../../commands/job/run-state.ts';
import {blocked, type DeployError} from '../../domain/errors.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {hostState} from '../../runner/jobs/job-command.ts';
import {swapsOf} from '../../runner/run-pipeline.ts';
import type {AppServices} from '../app-services.ts';
import {execOn} from '../exec-on.ts';

/**
 * Refuses to end a run whose swap has begun: what is live by then is its business. Asked before anything is taken from
 * whoever drives it. Changes nothing. Throws DeployError `blocked`, and as sessions do.
 */
export const requireBeforeSwap = async (services: Pick<AppServices, 'sessions'>, pipeline: Pipeline): Promise<void> => {
	const {record, environment, host} = pipeline;
	const {run, app} = record;
	const command = askBegun(hostState(pipeline), swapsOf(pipeline));
	const {code, stdout, stderr} = await execOn(services, environment, command);
	const refused = (why: string, next: string): DeployError =>
		blocked({
			what: `Run ${run} is not ended`,
			why,
			now: 'Nothing was changed by this attempt.',
			next,
			guide: 'cutOff',
		});
	const goOn = `cockpit resume ${run} --env ${environment.name}`;
	if (code !== 0)
		throw refused(stderr.trim() || `${host.name} could not be asked, exit ${code}`, `Drive it on: ${goOn}`);
	if (stdout.trim() === '') return;
	throw refused(
		`its swap has begun: live is or may be ${record.kind === 'set-env' ? 'run with the new value' : 'the new release'}`,
		`Drive it to its end: ${goOn}\n${
			record.kind === 'deploy'
				? `Then, if need be: cockpit rollback ${app} --env ${environment.name} --to previous`
				: 'Then see what is live: cockpit status'
		}`,
	);
};
