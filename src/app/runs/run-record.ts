import {understand} from '../../commands/answers.ts';
import {askNames, parseNames} from '../../commands/host/names-taken.ts';
import {releaseLayout} from '../../commands/release-layout.ts';
import {primaryHost, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import type {RunRecord} from '../../domain/runs/pipeline.ts';
import {freeMoment, runId} from '../../domain/runs/run-names.ts';
import type {AppServices} from '../app-services.ts';
import {execOn} from '../exec-on.ts';
import {targetIn} from '../target-of.ts';
import {timeOnHost} from '../time-on-host.ts';

type Named = {
	readonly environment: Environment;
	readonly app: AppName;
	/** Only to be looked at: nothing on a host will be called by it, so that nothing is asked for its names. */
	readonly isDraft?: boolean | undefined;
};

/** What a run gets its names from. */
export type NamingServices = Pick<AppServices, 'clock' | 'nonce' | 'actorFor' | 'sessions' | 'ledgers'>;

/**
 * The record of a run that begins now, by whoever sits here. `about`: what its kind has to say; of a deploy its build. The run,
 * its release and its backup are called by the clock of the host they lie on: this machine's may be a day off.
 */
export const newRecord = async (
	services: NamingServices,
	{environment, app, isDraft}: Named,
	about: Pick<RunRecord, 'kind'> & Partial<RunRecord>,
): Promise<RunRecord> => {
	const startedAt = new Date(await momentOnHost(services, {environment, app, isDraft})).toISOString();
	return {
		version: 1,
		run: runId({startedAt, app, nonce: services.nonce()}),
		app,
		environment: environment.name,
		startedAt,
		commit: '',
		digest: '',
		actor: await services.actorFor(primaryHost(environment)),
		...about,
	};
};

/** States of a session that has asked its host before: a plan alone connects to nothing, and names nothing there. */
const connected: readonly string[] = ['ready', 'degraded'];

/**
 * When the run begins, by its host: a second that nothing there is called by. Where the host does not say it, as long as
 * its clock is known it is carried on; a run that never reached its host has no name there.
 */
const momentOnHost = async (services: NamingServices, {environment, app, isDraft = false}: Named): Promise<number> => {
	const host = primaryHost(environment);
	const otherwise = (): number => timeOnHost(services, environment) ?? services.clock.now();
	if (isDraft || !connected.includes(services.sessions.session(host).status.state)) return otherwise();
	const {owner, ...target} = targetIn(environment, app);
	const {releases} = releaseLayout(target);
	const {timeZone, backups} = environment;
	try {
		const answer = await execOn(services, environment, askNames({owner, releases, backups: backups.directory}));
		return freeMoment({...understand(host.name, answer, parseNames), timeZone});
	} catch (error) {
		if (!(error instanceof DeployError)) throw error;
		// The run itself says what is wrong with its host, and waits for a lost link.
		return otherwise();
	}
};
