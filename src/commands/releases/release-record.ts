import type {Command} from '../../domain/command.ts';
import type {LaravelTarget, NextTarget} from '../../domain/environments/environment.ts';
import {ownFilesOf} from '../../domain/releases/own-files.ts';
import moveAside from '../contents/move-aside.sh';
import {contentsProgram, type ContentsOf} from '../contents/contents.ts';
import type {HostState} from '../host-state.ts';
import {jsonMembers} from '../ledger/ledger.ts';
import type {Claim} from '../lock/marker/marker.ts';
import {releaseLayout, type ReleaseLayout} from '../release-layout.ts';
import {program, quote} from '../shell.ts';
import wayBack from './way-back.sh';
import keep from './keep-way-back.sh';
import record from './record-release.sh';
import keepLeftOutText from './keep-left-out.sh';
import prune from './prune-releases.sh';
import keepAll from './keep-all-left-out.sh';
import describe from './describe-release.sh';

/** Whose the live path is, and what runs the app: it has to be told of another release. */
type WayBack = {
	readonly claim: Claim;
	readonly target:
		| Pick<LaravelTarget, 'recipe' | 'owner' | 'services' | 'php' | 'restartQueue'>
		| Pick<NextTarget, 'recipe' | 'owner' | 'services' | 'pm2' | 'pm2User' | 'pm2Names'>;
};

const rollbackScript = (app: string, memory: string, {claim, target}: WayBack): string => {
	const {layout} = claim;
	const [laravel, pm2] = target.recipe === 'laravel' ? [target, undefined] : [undefined, target];
	return [
		'#!/bin/sh',
		`# Puts the previous release of the ${app} live again, without the cockpit. Migrations are not reverted.`,
		'# Another release: COCKPIT_RELEASE=<id> sh this-script',
		'set -eu',
		'cd -- "$HOME"',
		`needed=${quote(ownFilesOf(target).needed.join(' '))}`,
		`owner=${quote(target.owner)} php=${quote(laravel?.php ?? '')} queue=${laravel?.restartQueue ? 'restart' : "''"}`,
		`pm2=${quote(pm2?.pm2 ?? '')} pm2_user=${quote(pm2?.pm2User ?? '')} pm2_names=${quote(pm2?.pm2Names.join(',') ?? '')}`,
		`set -- ${[
			layout.live,
			layout.nextLink,
			`${layout.base.slice(layout.base.lastIndexOf('/') + 1)}/releases`,
			memory,
			`${layout.base}/owner`,
			claim.project,
			claim.environment,
			claim.app,
			...target.services.filter(({after}) => after !== 'nothing').map(({unit, after}) => `${after}:${unit}`),
		]
			.map(quote)
			.join(' ')}`,
		wayBack,
		'',
	].join('\n');
};

/**
 * Keeps the script that goes back to the release live now. Comes before the swap: whatever fails after it, the way
 * back is there already.
 */
export const keepWayBack = ({directory, app, run}: HostState, way: WayBack): Command =>
	program('keep the way back', keep, [directory, app, run, rollbackScript(app, `${directory}/previous-${app}`, way)]);

/** Keeps what the build brought to the new release, and what was made in it: all that the next deploy takes over. */
export const recordRelease = ({directory, app, run}: HostState, release: string): Command =>
	program('record the release', record, [directory, app, run, release]);

const keepLeftOut = [moveAside, keepLeftOutText].join('\n');

/**
 * Puts aside releases beyond `keep`, oldest first: never the live one, the one before it, a pinned one, or one this
 * product did not record; and job directories of closed runs after 30 days. What somebody else left in a release goes
 * to `left-out/` beside the releases; where that can't be done, the release stays.
 */
export const pruneReleases = (
	state: HostState,
	{keep, target}: {readonly keep: number; readonly target: ContentsOf['target']},
): Command => {
	const {owner} = target;
	return {
		...contentsProgram('remove old releases', [keepLeftOut, prune], {state, target}, [
			state.run,
			releaseLayout(target).releases,
			String(keep),
		]),
		sudo: [...['test', 'ls', 'mkdir', 'mv', 'rmdir', 'sh'].map(name => `${owner}: ${name}`), 'root: rm'],
	};
};

/** Puts aside what every release holds that neither a build brought nor the directory has that is live again. */
export const keepAllLeftOut = (of: ContentsOf): Command => ({
	...contentsProgram('keep what was left out', `${keepLeftOut}\n${keepAll}`, of),
	sudo: [`${of.target.owner}: sh`, `${of.target.owner}: rmdir`],
});

const empty = `
[ -d "$1/trash" ] || exit 0
# Thousands of files take seconds: nobody waits for it, and the next deploy removes what an accident leaves.
sudo -n -u "$2" -- rm -rf -- "$1/trash" </dev/null >/dev/null 2>&1 &
`;

/** Removes what `pruneReleases` has put aside, without anybody waiting for it. */
export const emptyTrash = ({base}: ReleaseLayout, owner: string): Command => ({
	...program('empty the trash', empty, [base, owner]),
	sudo: [`${owner}: rm`],
});

/** Writes down what a release is: its build, who made it live, in which run. Time of the host. */
export const describeRelease = (
	{directory, app}: HostState,
	release: string,
	about: Readonly<Record<string, unknown>>,
): Command => program('write the release record', describe, [directory, app, release, jsonMembers(about)]);
