import type {AppTarget} from '../environments/environment.ts';

/**
 * What a kind of app has in its release beside its build: made there, or written there. Names are counted from the app;
 * expressions are POSIX extended ones over the beginning of such a name, read by `sed` on the host.
 */
export type OwnFiles = {
	/** Without these it could not run: what is gone back to has to have them. */
	readonly needed: readonly string[];
	/** Directories an installer makes whole: one is taken over whole, or not at all. */
	readonly installed: readonly string[];
	/** Those of them that a deploy makes anew where they are missing. */
	readonly remade: readonly string[];
	/** What of them belongs to a package, and changes with its lock file only. */
	readonly packages: string;
	/**
	 * Where a release may hold what its build did not bring, before it is live for the first time: what installers and this
	 * product make in it, and what the app writes when it is asked for its caches. Anywhere else nothing honest appears.
	 */
	readonly prepared: string;
	/** What is taken for made where no list says what was: deployed or adopted by an earlier version. */
	readonly unlisted: string;
	/** What the app writes into its own release while it runs, and what nobody can compare for that. It never travels. */
	readonly written: string;
	/**
	 * Pages that Next makes again on demand, where the list of routes that its build brought says so. They never travel then.
	 * Empty: none.
	 */
	readonly pages: string;
	/** What is no page, though it looks like one: files that say which script runs. Empty: none. */
	readonly notPages: string;
	/** A directory of such files that can be too big to hash. Empty: none. */
	readonly skipped: string;
	/** Where `artisan storage:link` puts its link to `storage/app/public` of the release. Empty: nowhere. */
	readonly storageLink: '' | 'public/storage';
};

const laravel: OwnFiles = {
	needed: ['artisan', 'vendor/autoload.php', 'public/index.php'],
	installed: ['vendor', 'node_modules'],
	remade: ['vendor'],
	packages: 'vendor/[^/]*/[^/]*/',
	prepared: '(vendor|node_modules|bootstrap/cache)(/|$)|storage/framework/(views|cache|sessions)/',
	unlisted: '(vendor|node_modules|bootstrap/cache)(/|$)',
	// Cache and sessions too, where an environment does not share them; `down` says that it is in maintenance.
	written: 'storage/framework/((views|cache|sessions)/|down$)',
	pages: '',
	notPages: '',
	skipped: '',
	storageLink: 'public/storage',
};

const nextjs: OwnFiles = {
	needed: ['.next/BUILD_ID', 'package.json'],
	installed: ['node_modules'],
	remade: ['node_modules'],
	packages: 'node_modules/[^/]*/',
	prepared: 'node_modules(/|$)',
	unlisted: 'node_modules(/|$)',
	written: String.raw`\.next/trace(-build)?$`,
	pages: String.raw`\.next/server/(app|pages)/.*\.(html|rsc|meta|body|json|segment)$`,
	notPages: String.raw`.*(-manifest|\.nft)\.json$`,
	skipped: '.next/cache',
	storageLink: '',
};

const ownFiles: Readonly<Record<AppTarget['recipe'], OwnFiles>> = {laravel, nextjs};

/** What an app of this recipe makes and writes by itself. */
export const ownFilesOf = ({recipe}: Pick<AppTarget, 'recipe'>): OwnFiles => ownFiles[recipe];

/** Packages and what installers make beside them, as an expression over names. */
export const installedRoots = (target: Pick<AppTarget, 'recipe'>): string =>
	`(${ownFilesOf(target).installed.join('|')})(/|$)`;

/** What says which packages there are. */
export const lockFiles = String.raw`(composer\.lock|npm-shrinkwrap\.json|package-lock\.json)$`;
