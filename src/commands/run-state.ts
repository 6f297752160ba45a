import type {Command} from '../domain/command.ts';
import type {RunRecord} from '../domain/pipeline.ts';
import {parseLockHolder, type LockHolder} from './lock.ts';
import {program} from './shell.ts';

const ask = `
state=$1
shift
for app in backend frontend; do
	if [ -e "$state/lock/$app" ]; then
		echo "lock $app"
		cat -- "$state/lock/$app"
		read -r run rest <"$state/lock/$app"
		for lock in "$state/jobs/$run"/*/lock; do
			[ -e "$lock" ] && ! flock -n -s -- "$lock" true && printf 'running %s\\n' "$(basename -- "$(dirname -- "$lock")")"
		done
		echo end
		printf 'record %s\\n' "$(cat -- "$state/jobs/$run/run.json")"
	fi
done
for run in "$@"; do
	[ -e "$state/jobs/$run/closed" ] && printf 'closed %s %s\\n' "$run" "$(cat -- "$state/jobs/$run/closed")"
done
exit 0
`;

/** Asks a host which runs hold locks, with their records, and how the named runs were closed. Changes nothing. */
export const askRuns = (stateDirectory: string, runs: readonly string[]): Command =>
	program('ask for runs', ask, [stateDirectory, ...runs]);

export type OpenRun = {readonly app: string; readonly holder: LockHolder; readonly record: RunRecord};

/** Reads what `askRuns` printed. Records that can't be read are left out. */
export const parseRuns = (
	text: string,
): {readonly open: readonly OpenRun[]; readonly closed: ReadonlyMap<string, string>} => {
	const open = [...text.matchAll(/^lock (\S+)\n([\s\S]*?)^end\nrecord (.*)$/gm)].flatMap(
		([, app = '', lock = '', json = '']) => {
			const holder = parseLockHolder(lock.trimEnd());
			const record = parseRecord(json);
			return holder && record ? [{app, holder, record}] : [];
		},
	);
	const closed = new Map(
		[...text.matchAll(/^closed (\S+) (\S+)$/gm)].map(([, run = '', outcome = '']) => [run, outcome]),
	);
	return {open, closed};
};

const parseRecord = (json: string): RunRecord | undefined => {
	try {
		const record = JSON.parse(json) as RunRecord;
		return record.version === 1 ? record : undefined;
	} catch {
		return undefined;
	}
};
