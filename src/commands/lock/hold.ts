import type {AppName} from '../../domain/environments/environment.ts';
import type {Command} from '../../domain/command.ts';
import {takeFlock} from './fence.ts';
import {headerMembers, jsonMembers, ledgerAppend, type LedgerName} from '../ledger/ledger.ts';
import {askMarker, claimParameters, type Claim} from './marker.ts';
import {program} from '../shell.ts';

/*
 * A hold keeps others from deploying an app without anybody deploying it: `OWNER UNTIL` and a JSON line about who, why
 * and what for. One whose time is over holds nobody.
 */

/**
 * Shell function: prints the hold of an app and fails with 96 where it is somebody else's and not over. Arguments:
 * state directory, app, owner.
 */
export const refuseHeld = `
refuse_held() {
	[ -e "$1/lock/$2.hold" ] && read -r hold_owner hold_until hold_rest <"$1/lock/$2.hold" || return 0
	[ "$hold_owner" != "$3" ] && [ "$hold_until" -gt "$(date -u +%s)" ] || return 0
	echo hold
	cat -- "$1/lock/$2.hold"
	return 96
}
`.trim();

const put = `
umask 077
state=$1 owner=$2 minutes=$3 about=$4 entry=$5 header=$6
shift 6
apps=
while [ "$1" != -- ]; do apps="$apps $1"; shift; done
shift
# Nobody takes a lock between the look and the hold.
for app in $apps; do
	take_flock "$state" "$app" || exit 94
	refuse_held "$state" "$app" "$owner" || exit 96
done
# A hold on somebody else's live path would hold nobody.
while [ $# -gt 0 ]; do
	look_at_marker "$@" || exit $?
	shift 6
done
until=$(($(date -u +%s) + minutes * 60))
for app in $apps; do
	printf '%s %s\\n{%s}\\n' "$owner" "$until" "$about" >"$state/lock/$app.hold.part" && mv -- "$state/lock/$app.hold.part" "$state/lock/$app.hold" || exit 94
done
( ledger_append "$state" "$entry" '' "$header" ) || exit $?
printf 'until %s\\n' "$until"
`;

/** Who a hold belongs to, as one word without blanks. */
export const holdOwner = ({name, machine}: {readonly name: string; readonly machine: string}): string =>
	encodeURIComponent(`${name}@${machine}`);

/**
 * Keeps everybody but its owner from deploying the apps, for so many minutes by the host's clock, and writes it down.
 * Exits 96 and prints the hold of somebody else, 93 where a live path is. Source: design, "State", lock.
 */
export const holdApps = (
	stateDirectory: string,
	apps: readonly AppName[],
	options: {
		/** The live paths of those apps the environment has. */
		readonly claims: readonly Claim[];
		readonly owner: string;
		readonly minutes: number;
		readonly about: Readonly<Record<string, unknown>>;
		readonly entry: Readonly<Record<string, unknown>>;
		readonly ledger: LedgerName;
	},
): Command =>
	program('hold', `${ledgerAppend}\n${refuseHeld}\n${takeFlock}\n${askMarker}\n${put}`, [
		stateDirectory,
		options.owner,
		String(options.minutes),
		jsonMembers(options.about),
		jsonMembers(options.entry),
		headerMembers(options.ledger),
		...apps.toSorted(),
		'--',
		...options.claims.flatMap(claimParameters),
	]);

const lift = `
umask 077
state=$1 owner=$2 entry=$3
shift 3
lifted=
for app in "$@"; do
	take_flock "$state" "$app" || exit 94
	[ -e "$state/lock/$app.hold" ] && read -r hold_owner hold_until <"$state/lock/$app.hold" || continue
	[ -z "$owner" ] || [ "$hold_owner" = "$owner" ] || continue
	rm -f -- "$state/lock/$app.hold" && lifted=yes
	echo "lifted $app"
done
[ -z "$lifted" ] || [ -z "$entry" ] || ( ledger_append "$state" "$entry" '' )
`;

/** Ends the holds of `owner` on the apps, or whoever's when it is empty, and writes it down. Prints `lifted APP`. */
export const liftHolds = (
	stateDirectory: string,
	apps: readonly AppName[],
	{owner, entry}: {readonly owner: string; readonly entry: Readonly<Record<string, unknown>> | undefined},
): Command =>
	program('lift the hold', `${ledgerAppend}\n${takeFlock}\n${lift}`, [
		stateDirectory,
		owner,
		entry ? jsonMembers(entry) : '',
		...apps.toSorted(),
	]);

/** A hold as the host keeps it. */
export type Hold = {
	readonly owner: string;
	/** Epoch milliseconds by the host's clock. */
	readonly until: number;
	readonly name: string;
	readonly machine: string;
	readonly reason: string;
	/** A run that leans on this environment staying as it is. */
	readonly run?: string;
};

/** Reads the two lines of a hold. Undefined for anything else. */
export const parseHold = (text: string): Hold | undefined => {
	const [first = '', second = ''] = text.split('\n');
	const [, owner = '', until] = /^(\S+) (\d+)$/.exec(first) ?? [];
	if (until === undefined) return undefined;
	let about: unknown;
	try {
		about = JSON.parse(second);
	} catch {
		return undefined;
	}
	const {name, machine, reason, run} = about as Readonly<Record<string, unknown>>;
	const said = (value: unknown): string => (typeof value === 'string' ? value : '');
	return {
		owner,
		until: Number(until) * 1000,
		name: said(name),
		machine: said(machine),
		reason: said(reason),
		...(typeof run === 'string' ? {run} : {}),
	};
};
