import {posix} from 'node:path';
import type {AppTarget} from '../domain/environments/environment.ts';

/** Absolute paths of an app on a host. Source: design, "Hosts: one layout, one transfer". */
export type ReleaseLayout = {
	/** `/var/www/qsights/backend`: the symlink everything outside knows. */
	readonly live: string;
	/** `/var/www/qsights/.backend` */
	readonly base: string;
	readonly releases: string;
	/** What belongs to the environment: `.env`, uploads, parts of `storage/`. */
	readonly shared: string;
	/** Where a new symlink is made before it is renamed over the live one. */
	readonly nextLink: string;
};

/** A release that is prepared beside live, and what has to be known of its app. */
export type Candidate<Known extends keyof AppTarget = 'owner'> = {
	readonly layout: ReleaseLayout;
	/** Absolute directory. */
	readonly candidate: string;
	readonly target: Pick<AppTarget, Known>;
};

export const releaseLayout = ({path}: Pick<AppTarget, 'path'>): ReleaseLayout => {
	const base = posix.join(posix.dirname(path), `.${posix.basename(path)}`);
	return {live: path, base, releases: `${base}/releases`, shared: `${base}/shared`, nextLink: `${base}/next`};
};

/** The symlink's text: relative, so that the tree may be moved or mounted elsewhere. */
export const linkTarget = ({base}: ReleaseLayout, release: string): string =>
	`${posix.basename(base)}/releases/${release}`;
