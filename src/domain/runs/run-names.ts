import {Temporal} from 'temporal-polyfill';

/** `20260210T055341Z`: sorts by time, safe in every path. */
export const utcStamp = (iso: string): string => iso.replaceAll(/[-:]|\.\d+/g, '');

/** `20260210T055341Z-backend-9b1d`. `nonce`: four hex digits. */
export const runId = (options: {readonly startedAt: string; readonly app: string; readonly nonce: string}): string =>
	`${utcStamp(options.startedAt)}-${options.app}-${options.nonce}`;

/** The app that a run's id names; undefined for one that names none. */
export const appOfRun = (run: string): string | undefined => /^\d{8}T\d{6}Z-([a-z]+)-/.exec(run)?.[1];

/** `20260210T055341Z-7f3a9c2` */
export const releaseId = (startedAt: string, label: string): string => `${utcStamp(startedAt)}-${label}`;

/** Whether a text is the id of a release: nothing else of this form becomes part of a path. */
export const isReleaseId = (text: string): boolean => /^\d{8}T\d{6}Z-\w[\w.-]*$/.test(text);

/**
 * `backend_20260210_112341`: local time of the environment, as the old scripts named them.
 * Source: workflow, "deploy_backend_prod.sh", step 2.
 */
export const backupName = (options: {
	readonly app: string;
	readonly startedAt: string;
	readonly timeZone: string;
}): string => `${options.app}_${localStamp(options)}`;

/**
 * `backend_failed_20260210_113000`, `.next_failed_20260210_113000`. `part`: what of the release it leads to, e.g. `/.next`;
 * empty: all. Source: workflow, "rollback_backend_prod.sh", step 4.
 */
export const failedName = (options: {
	readonly part: string;
	readonly app: string;
	readonly startedAt: string;
	readonly timeZone: string;
}): string => `${options.part.slice(1) || options.app}_failed_${localStamp(options)}`;

/** `20260210_112341`: local time of the environment. */
const localStamp = ({startedAt, timeZone}: {readonly startedAt: string; readonly timeZone: string}): string =>
	Temporal.Instant.from(startedAt)
		.toZonedDateTimeISO(timeZone)
		.toPlainDateTime()
		.toString({smallestUnit: 'second'})
		.replaceAll(/[-:]/g, '')
		.replace('T', '_');

/** Within which nobody has begun a run each second, whatever a host says. */
const triedSeconds = 600;

/**
 * From which second on a run may be called by its time: the first from `time` on that no release or backup there is called by.
 * Epoch milliseconds.
 */
export const freeMoment = ({
	time,
	names,
	timeZone,
}: {
	/** The clock of the host. */
	readonly time: number;
	/** What is called by a time there already. */
	readonly names: readonly string[];
	readonly timeZone: string;
}): number => {
	const isTaken = (at: number): boolean => {
		const startedAt = new Date(at).toISOString();
		const stamps = [utcStamp(startedAt), localStamp({startedAt, timeZone})];
		return names.some(name => stamps.some(stamp => name.includes(stamp)));
	};
	for (let second = 0; second < triedSeconds; second++)
		if (!isTaken(time + second * 1000)) return time + second * 1000;
	return time;
};
