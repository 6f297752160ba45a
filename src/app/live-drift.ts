import {driftOf, parseLiveManifest, readLiveManifest} from '../commands/drift.ts';
import {renderCommand} from '../commands/shell.ts';
import {listTree} from '../commands/tree-listing.ts';
import {primaryHost, type AppName, type Environment} from '../domain/environment.ts';
import type {Known} from '../domain/gates.ts';
import {notFromSource} from '../recipes/laravel/plan.ts';
import type {AppServices} from './app-services.ts';
import {known, unknown} from './known.ts';
import {sha256} from './sha256.ts';
import {targetIn} from './target-of.ts';

/** Hashes what is live and compares it with what was deployed. Throws DeployError as `Session.exec`. */
export const readDrift = async (
	{sessions}: Pick<AppServices, 'sessions'>,
	environment: Environment,
	app: AppName,
	{lane = 'poll', signal}: {readonly lane?: 'run' | 'poll'; readonly signal?: AbortSignal} = {},
): Promise<Known<readonly string[]>> => {
	const target = targetIn(environment, app);
	const session = sessions.session(primaryHost(environment));
	const options = {lane, timeoutMs: 120_000, maxOutputBytes: 256 * 1024 * 1024, ...(signal ? {signal} : {})};
	const state = {directory: environment.stateDirectory, app};
	const [manifest, listing] = await Promise.all([
		session.exec(renderCommand(readLiveManifest(state, target.path)), options),
		session.exec(
			renderCommand(listTree(`${target.path}/`, {as: target.owner, excludes: notFromSource(target)})),
			options,
		),
	]);
	if (listing.code !== 0)
		return unknown(`the files of live can't be read: ${listing.stderr.trim().split('\n')[0] ?? ''}`);
	const drift = driftOf(parseLiveManifest(manifest.stdout).manifest, listing.stdout, sha256);
	return drift ? known(drift) : unknown('live has no manifest to compare with');
};
