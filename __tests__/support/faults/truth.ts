import {outputOf} from '../run-program.ts';

/** What is so on a host, as `truth.sh` found it. */
export type Truth = {
	/** Name of the release that the link of the app points to, or what is there instead. */
	readonly live: string;
	/** Status of the app's own health check as users get it; `000`: no answer. */
	readonly answers: string;
	/** Of its body, so that two builds can be told apart. */
	readonly serves: string;
	/** Run that holds the lock; absent: free. */
	readonly lock: string | undefined;
	readonly units: readonly string[];
	readonly releases: readonly string[];
	/** What must never be: a chain that does not hold, a live app without files. */
	readonly broken: readonly string[];
	readonly parts: readonly string[];
	readonly torn: readonly string[];
	/** Archives with their digest. */
	readonly backups: readonly string[];
	/** Entries of the ledger. */
	readonly entries: number;
	/** Uploads, and what users and engineers left in the shared files. */
	readonly kept: readonly string[];
};

const script = new URL('truth.sh', import.meta.url).pathname;

/** Asks the host itself. `app` answers at `url` when it is healthy. */
export const askTruth = async (root: string, app: string, url: string): Promise<Truth> => {
	const text = await outputOf(['bash', script, root, app, url, 'preprod']);
	const lines = text.split('\n').filter(Boolean);
	const all = (key: string): readonly string[] =>
		lines.filter(line => line.startsWith(`${key} `)).map(line => line.slice(key.length + 1));
	const one = (key: string): string => all(key)[0] ?? '';
	return {
		live: one('live'),
		answers: one('answers'),
		serves: one('serves'),
		lock: all('lock')[0],
		units: all('unit'),
		releases: all('release'),
		broken: all('broken'),
		parts: all('part'),
		torn: all('torn'),
		backups: all('backup'),
		entries: Number(one('entries')),
		kept: all('kept'),
	};
};

/** What of `before` is not in `after`: backups, entries, uploads, values. Empty when nothing was lost. */
export const lostSince = (before: Truth, after: Truth): readonly string[] => [
	...before.backups.filter(backup => !after.backups.includes(backup)).map(name => `backup ${name}`),
	...before.kept.filter(file => !after.kept.includes(file)).map(name => `shared ${name}`),
	...(after.entries < before.entries ? [`${before.entries - after.entries} ledger entries`] : []),
	...after.broken,
];
