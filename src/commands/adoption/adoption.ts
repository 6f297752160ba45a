import type {Command} from '../../domain/command.ts';
import type {AppName, AppTarget} from '../../domain/environments/environment.ts';
import {beginReceiving, type RunAttempt} from '../lock/fence/fence.ts';
import askMarker from '../lock/marker/marker.sh';
import {claimParameters, type Claim} from '../lock/marker/marker.ts';
import {linkTarget, type ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';
import inventory from './take-inventory.sh';
import carryOver from './carry-over.sh';
import exchangeFunction from './exchange.sh';
import asClaimed from './as-claimed.sh';
import prepare from './prepare.sh';
import swapIn from './exchange-for-link.sh';
import removeOld from './remove-old-directory.sh';
import abandon from './abandon.sh';
import keepBaseline from './keep-manifest.sh';
import swapOut from './exchange-for-directory.sh';
import removeAll from './remove-releases.sh';

/** Reads a host as the old scripts left it. Changes nothing. Prints `name<TAB>value` lines. */
export const takeInventory = (options: {
	readonly app: AppName;
	readonly layout: ReleaseLayout;
	readonly target: Pick<AppTarget, 'owner' | 'shared'>;
	readonly backups: string;
}): Command =>
	program('take inventory', inventory, [
		options.layout.live,
		options.target.owner,
		options.backups,
		options.layout.base,
		options.app,
		...options.target.shared.directories,
		...options.target.shared.files,
	]);

type Adoption = {
	readonly claim: Claim;
	readonly release: string;
	readonly target: Pick<AppTarget, 'owner' | 'group' | 'directoryMode' | 'shared'>;
};

const sharedItems = ({shared}: Adoption['target']): string[] => [
	...shared.directories.map(path => `directory:${path}`),
	...shared.files.map(path => `file:${path}`),
];

/** A program about an app that is taken over, as root: the claim comes first, what is shared last. */
const ofAdoption = (
	label: string,
	text: readonly string[],
	{claim, target}: Pick<Adoption, 'claim' | 'target'>,
	...parameters: readonly string[]
): Command =>
	program(label, [askMarker, ...text], [...claimParameters(claim), ...parameters, ...sharedItems(target)], 'root');

/**
 * Builds the first release beside live out of hard links: nothing is copied, nothing live changes, and uploads keep
 * their inodes. What belongs to the environment moves to `shared`.
 */
export const prepareFirstRelease = (adoption: Adoption): Command => {
	const {owner, group, directoryMode} = adoption.target;
	const about = [adoption.release, owner, group, directoryMode.toString(8)];
	return ofAdoption('prepare the first release', [carryOver, asClaimed, prepare], adoption, ...about);
};

/** Puts the symlink in the place of the directory by one atomic exchange, then carries over what was written meanwhile. */
export const exchangeForLink = (adoption: Adoption): Command =>
	ofAdoption(
		'exchange directory and link',
		[exchangeFunction, carryOver, asClaimed, swapIn],
		adoption,
		linkTarget(adoption.claim.layout, adoption.release),
	);

/**
 * Removes the old directory, kept aside until the adopted release has proven healthy. A worker started before the
 * exchange still wrote there, so what it wrote is carried over once more.
 */
export const removeOldDirectory = ({claim, target}: Pick<Adoption, 'claim' | 'target'>): Command =>
	program('remove the old directory', [carryOver, removeOld], [claim.layout.base, ...sharedItems(target)], 'root');

/** Removes what an adoption prepared, as long as live is still the plain directory. */
export const abandonAdoption = (claim: Claim): Command =>
	program('remove what was prepared', [askMarker, asClaimed, abandon], claimParameters(claim), 'root');

/**
 * Keeps a manifest, from standard input, as what a release holds. Exits 97 when the driver has not got the lock: nothing
 * is written then.
 */
export const keepManifest = ({directory, app, run, attempt}: RunAttempt, release: string): Command =>
	program(
		'keep the baseline manifest',
		[beginReceiving, keepBaseline],
		[directory, app, run, String(attempt), release],
	);

/** Puts a plain directory with everything in it back in the place of the link. */
export const exchangeForDirectory = (adoption: Adoption): Command =>
	ofAdoption('exchange link and directory', [exchangeFunction, carryOver, asClaimed, swapOut], adoption);

/**
 * Removes releases and shared once a plain directory is live again. Until php-fpm was reloaded it went on writing
 * below the release's own path, so what it wrote is carried over once more. What releases left out stays.
 */
export const removeReleases = (adoption: Pick<Adoption, 'claim' | 'target'>): Command =>
	ofAdoption('remove releases and shared', [carryOver, asClaimed, removeAll], adoption);
