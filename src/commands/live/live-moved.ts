import type {Command} from '../../domain/command.ts';
import type {HostState} from '../host-state.ts';
import type {ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';
import functions from './live-moved.sh';
import remember from './remember-previous.sh';
import requireText from './require-live.sh';

/** Exit code of what a run does on a host where live is not what the run left or found there. Standard output says it. */
export const liveMovedExit = 91;

/** Shell functions: see `live-moved.sh`. */
export const askLiveMoved = functions;

/**
 * Writes down which release is live before the swap: the snapshot to go back to. Exits 91 when it is not the one that was
 * live when the run began. `urgent`: what can't be written is noted.
 */
export const rememberPrevious = (
	{live}: Pick<ReleaseLayout, 'live'>,
	{directory, app, run}: HostState,
	urgency: 'usual' | 'urgent' = 'usual',
): Command =>
	program('remember the release to go back to', [functions, remember], [live, directory, app, run, urgency]);

/** Exits 91 when live is not the release that the run made live. `release`: its id, or `previous` as the host settled it. */
export const requireLive = (
	{live}: Pick<ReleaseLayout, 'live'>,
	{directory, app, run}: HostState,
	release: string,
): Command => program('look whether it is live still', [functions, requireText], [live, directory, app, run, release]);

/** What has become of live while a run was under way. */
export type LiveMoved = {
	/** `found`: what was live when the run began. `made`: what the run made live. */
	readonly was: 'found' | 'made';
	readonly from: string;
	/** Empty: there is no link. */
	readonly to: string;
	/** Where somebody wrote it down. `at`: server time, ISO 8601 UTC. */
	readonly hand?: {readonly at: string; readonly by: string};
};

/** Reads what the commands that exit 91 have printed. */
export const parseLiveMoved = (output: string): LiveMoved | undefined => {
	const pattern =
		/^live was (?:(\S+) when the run began|made (\S+) by the run), and is (.*?) now(?:, put live by hand at (\S+) by (\S+))?$/m;
	const match = pattern.exec(output);
	if (!match) return undefined;
	const [, found, made = '', to = '', at, by] = match;
	return {
		was: found === undefined ? 'made' : 'found',
		from: found ?? made,
		to,
		...(at === undefined || by === undefined ? {} : {hand: {at, by}}),
	};
};
