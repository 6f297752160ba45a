import type {Command} from '../domain/command.ts';
import type {AppName} from '../domain/environment.ts';
import {describeOpenRun, parseRuns, type OpenRun} from './run-state.ts';
import {program} from './shell.ts';

const ask = `
${describeOpenRun}
state=$1 known=$2
shift 2
echo "time $(date -u +%s)"
while [ "$1" != -- ]; do
	app=$1 live=$2
	shift 2
	if [ -L "$live" ]; then echo "live $app $(basename -- "$(readlink -f -- "$live")")"
	elif [ -d "$live" ]; then echo "directory $app"; fi
	[ -e "$live/.next/BUILD_ID" ] && printf 'build-id %s %s\\n' "$app" "$(head -c 200 -- "$live/.next/BUILD_ID" | tr -d '\\000-\\037')"
	describe_open_run "$state" "$app"
done
shift
for unit in "$@"; do printf 'service %s %s\\n' "$unit" "$(systemctl is-active "$unit" 2>/dev/null || true)"; done
echo "disk $(df -P -k -- "$(dirname -- "$live")" 2>/dev/null | tail -n 1 | { read -r _ _ _ free used _; echo "$free $used"; })"
echo "inodes $(df -P -i -- "$(dirname -- "$live")" 2>/dev/null | tail -n 1 | { read -r _ _ _ _ used _; echo "$used"; })"
size=0
[ -e "$state/ledger.jsonl" ] && size=$(($(wc -c <"$state/ledger.jsonl")))
echo "ledger-bytes $size"
echo ledger
[ "$size" = "$known" ] || tail -n 200 -- "$state/ledger.jsonl" 2>/dev/null
exit 0
`;

/**
 * Everything the overview shows of the apps of one host, in one exec that changes nothing. `ledgerBytes`: size of the
 * ledger as last read; it only ever grows, so at the same size it is not sent again.
 */
export const askStatus = (options: {
	readonly stateDirectory: string;
	/** Name and live path of each. */
	readonly apps: readonly {readonly app: AppName; readonly live: string}[];
	readonly units: readonly string[];
	readonly ledgerBytes?: number;
}): Command =>
	program('ask for the status', ask, [
		options.stateDirectory,
		String(options.ledgerBytes ?? ''),
		...options.apps.flatMap(({app, live}) => [app, live]),
		'--',
		...options.units,
	]);

/** One line of the ledger, as far as this version reads it. */
export type LedgerEntry = {
	readonly seq: number;
	/** Server time, ISO 8601 UTC. */
	readonly time: string;
	readonly type: string;
	readonly actor?: {readonly name?: string};
	readonly data?: {
		readonly run?: string;
		readonly app?: string;
		readonly release?: string;
		readonly build?: {readonly commit?: string; readonly digest?: string};
	};
};

export type AppOnHost = {
	/** `directory`: not adopted yet. Undefined: nothing is live. */
	readonly live: {readonly release: string} | 'directory' | undefined;
	/** As `.next/BUILD_ID` on disk says; of a frontend. */
	readonly buildId?: string;
};

export type HostStatus = {
	/** Epoch seconds of the host. */
	readonly time: number;
	readonly apps: Readonly<Partial<Record<AppName, AppOnHost>>>;
	readonly services: readonly {readonly unit: string; readonly state: string}[];
	/** `used` and `inodesUsed` as df writes them, e.g. `41%`; empty or `-` where the file system does not say. */
	readonly disk: {readonly freeKib: number; readonly used: string; readonly inodesUsed: string};
	/** Runs that hold a lock. */
	readonly open: readonly OpenRun[];
	readonly ledgerBytes: number;
	/** Oldest first, at most 200; empty when it has the size that was named. Entries of types this version does not know are kept as they are. */
	readonly ledger: readonly LedgerEntry[];
};

/** Reads the answer of `askStatus`. */
export const parseHostStatus = (text: string): HostStatus => {
	const split = text.indexOf('\nledger\n');
	const head = text.slice(0, split + 1);
	const one = (pattern: RegExp): RegExpExecArray | null => pattern.exec(head);
	const {open} = parseRuns(head);
	return {
		time: Number(one(/^time (\d+)$/m)?.[1]),
		apps: {backend: appIn(head, 'backend'), frontend: appIn(head, 'frontend')},
		services: [...head.matchAll(/^service (\S+) (\S*)$/gm)].map(([, unit = '', state = '']) => ({
			unit,
			state: state || 'unknown',
		})),
		disk: {
			freeKib: Number(one(/^disk (\d+)/m)?.[1]),
			used: one(/^disk \d+ (\S+)$/m)?.[1] ?? '',
			inodesUsed: one(/^inodes (\S+)$/m)?.[1] ?? '',
		},
		open,
		ledgerBytes: Number(one(/^ledger-bytes (\d+)$/m)?.[1] ?? 0),
		ledger:
			split < 0
				? []
				: text
						.slice(split + '\nledger\n'.length)
						.split('\n')
						.flatMap(parseEntry),
	};
};

const appIn = (head: string, app: AppName): AppOnHost => {
	const release = new RegExp(`^live ${app} (\\S+)$`, 'm').exec(head)?.[1];
	const buildId = new RegExp(`^build-id ${app} (.+)$`, 'm').exec(head)?.[1];
	const isDirectory = new RegExp(`^directory ${app}$`, 'm').test(head);
	return {
		live: release === undefined ? (isDirectory ? 'directory' : undefined) : {release},
		...(buildId === undefined ? {} : {buildId}),
	};
};

/** What a host sends is not trusted to have the shape of a ledger. */
const parseEntry = (line: string): LedgerEntry[] => {
	const {seq, time, type, actor, data} = objectIn(line);
	if (typeof seq !== 'number' || typeof time !== 'string' || typeof type !== 'string') return [];
	const {build} = members(data);
	return [
		{
			seq,
			time,
			type,
			actor: texts(actor, ['name']),
			data: {...texts(data, ['run', 'app', 'release']), build: texts(build, ['commit', 'digest'])},
		},
	];
};

const members = (value: unknown): Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const objectIn = (line: string): Readonly<Record<string, unknown>> => {
	try {
		return members(JSON.parse(line));
	} catch {
		return {};
	}
};

const texts = <Name extends string>(value: unknown, names: readonly Name[]): Partial<Record<Name, string>> => {
	const from = members(value);
	const found = names.flatMap(name => (typeof from[name] === 'string' ? [[name, from[name]] as const] : []));
	return Object.fromEntries(found) as Partial<Record<Name, string>>;
};
