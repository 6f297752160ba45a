import {understand} from '../../commands/answers.ts';
import {driftText, parseDrift, compareLive} from '../../commands/contents/drift.ts';
import {primaryHost, type AppName, type Environment} from '../../domain/environments/environment.ts';
import type {Known} from '../../domain/gates/gates.ts';
import type {AppServices} from '../app-services.ts';
import {execOn} from '../exec-on.ts';
import {answerTo, known, unknown} from '../known.ts';
import {targetIn} from '../target-of.ts';

/**
 * Hashes what is live and compares it with what was deployed, both ways: a file that nobody deployed is as wrong as one
 * that was changed. Each as `added public/shell.php`. A host that can't be asked is an answer.
 */
export const readDrift = async (
	services: Pick<AppServices, 'sessions'>,
	environment: Environment,
	app: AppName,
	options: DriftOptions = {},
): Promise<Known<readonly string[]>> => {
	const answer = await answerTo(() => askDrift(services, environment, app, options));
	return 'unknown' in answer ? answer : answer.value;
};

type DriftOptions = {readonly lane?: 'run' | 'poll'; readonly signal?: AbortSignal | undefined};

const askDrift = async (
	services: Pick<AppServices, 'sessions'>,
	environment: Environment,
	app: AppName,
	{lane = 'poll', signal}: DriftOptions,
): Promise<Known<readonly string[]>> => {
	const target = targetIn(environment, app);
	const command = compareLive({state: {directory: environment.stateDirectory, app}, target});
	const answer = await execOn(services, environment, command, {
		lane,
		timeoutMs: 120_000,
		maxOutputBytes: 64 * 1024 * 1024,
		signal,
	});
	const {code, stderr} = answer;
	if (code !== 0) return unknown(`the files of live can't be read: ${stderr.trim().split('\n')[0] ?? ''}`);
	const drift = understand(primaryHost(environment).name, answer, parseDrift);
	return drift ? known(drift.map(driftText)) : unknown('live has no manifest to compare with');
};
