import type {Command} from '../../domain/command.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import type {LiveOnHost} from '../../domain/releases/live-fault.ts';
import {parseHold, type Hold} from '../lock/hold.ts';
import {describeOpenRun, parseRuns, type OpenRun} from '../job/run-state.ts';
import {program} from '../shell.ts';

/* Asked every few seconds for as long as a cockpit is open: what the shell does itself costs the host no process. */
const ask = `
${describeOpenRun}
state=$1
shift
date -u '+time %s'
while [ "$1" != -- ]; do
	app=$1 live=$2
	shift 2
	if [ -L "$live" ]; then
		release=$(readlink -f -- "$live")
		echo "live $app \${release##*/}"
		if ! [ -e "$live/." ]; then echo "astray $app "
		elif ! [ "\${release%/*}" -ef "\${live%/*}/.\${live##*/}/releases" ]; then echo "astray $app $release"; fi
	elif [ -d "$live" ]; then echo "directory $app"; fi
	[ -e "$live/.next/BUILD_ID" ] && head -c 200 -- "$live/.next/BUILD_ID" | { IFS= read -r id || :; printf 'build-id %s %s\\n' "$app" "$id"; }
	describe_open_run "$state" "$app"
	if [ -e "$state/lock/$app.hold" ]; then echo "hold $app"; cat -- "$state/lock/$app.hold"; fi
done
shift
# One line a unit, in their order.
[ $# -eq 0 ] || systemctl is-active "$@" 2>/dev/null | for unit in "$@"; do service=; read -r service; printf 'service %s %s\\n' "$unit" "$service"; done
df -k --output=avail,pcent,ipcent -- "\${live%/*}/" 2>/dev/null | { read -r _; read -r free used inodes; printf 'disk %s %s\\ninodes %s\\n' "$free" "$used" "$inodes"; }
if [ -e "$state/ledger.jsonl" ]; then stat -L -c 'ledger-bytes %s' -- "$state/ledger.jsonl"; else echo 'ledger-bytes 0'; fi
exit 0
`;

/** Everything the overview shows of the apps of one host but its ledger, in one exec that changes nothing. */
export const askStatus = (options: {
	readonly stateDirectory: string;
	/** Name and live path of each. */
	readonly apps: readonly {readonly app: AppName; readonly live: string}[];
	readonly units: readonly string[];
}): Command =>
	program('ask for the status', ask, [
		options.stateDirectory,
		...options.apps.flatMap(({app, live}) => [app, live]),
		'--',
		...options.units,
	]);

export type AppOnHost = LiveOnHost & {
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
	/** Whoever keeps others from deploying, over or not. */
	readonly holds: readonly (Hold & {readonly app: string})[];
	/** Size of the ledger: when it is another one, there is more to read. */
	readonly ledgerBytes: number;
};

/** Reads the answer of `askStatus`. */
export const parseHostStatus = (text: string): HostStatus => {
	const one = (pattern: RegExp): RegExpExecArray | null => pattern.exec(text);
	const {open} = parseRuns(text);
	return {
		time: Number(one(/^time (\d+)$/m)?.[1]),
		apps: {backend: appIn(text, 'backend'), frontend: appIn(text, 'frontend')},
		services: [...text.matchAll(/^service (\S+) (\S*)$/gm)].map(([, unit = '', state = '']) => ({
			unit,
			state: state || 'unknown',
		})),
		disk: {
			freeKib: Number(one(/^disk (\d+)/m)?.[1]),
			used: one(/^disk \d+ (\S+)$/m)?.[1] ?? '',
			inodesUsed: one(/^inodes (\S+)$/m)?.[1] ?? '',
		},
		open,
		holds: [...text.matchAll(/^hold (\S+)\n(\S+ \d+\n.*)$/gm)].flatMap(([, app = '', lines = '']) => {
			const hold = parseHold(lines);
			return hold ? [{...hold, app}] : [];
		}),
		ledgerBytes: Number(one(/^ledger-bytes (\d+)$/m)?.[1] ?? 0),
	};
};

const appIn = (head: string, app: AppName): AppOnHost => {
	const release = new RegExp(`^live ${app} (\\S+)$`, 'm').exec(head)?.[1];
	// As a file on a host has it: anything may stand there.
	const buildId = new RegExp(`^build-id ${app} (.+)$`, 'm').exec(head)?.[1]?.replaceAll(/\p{Cc}/gu, '');
	const astray = new RegExp(`^astray ${app} (.*)$`, 'm').exec(head)?.[1];
	const isDirectory = new RegExp(`^directory ${app}$`, 'm').test(head);
	return {
		live: release === undefined ? (isDirectory ? 'directory' : undefined) : {release},
		...(astray === undefined ? {} : {astray}),
		...(buildId === undefined || buildId === '' ? {} : {buildId}),
	};
};
