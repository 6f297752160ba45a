import type {Command} from '../../domain/command.ts';
import type {NextTarget, Service} from '../../domain/environments/environment.ts';
import {contentsProgram, moveAside, type ContentsOf} from './contents.ts';
import type {HostState} from '../host-state.ts';
import {jsonMembers} from '../ledger/ledger.ts';
import type {Claim} from '../lock/marker.ts';
import {releaseLayout, type ReleaseLayout} from '../release-layout.ts';
import {program, quote} from '../shell.ts';

/*
 * Goes back without the cockpit. It is stored on the host by every deploy and must stay a plain script that an
 * engineer can read at a bad moment. What it needs to know is set by the line above it.
 */
const wayBack = `
# 1 live path  2 new link  3 link target without the release  4 file with the release to go back to
# 5 file that says whose the live path is  6 project  7 environment  8 app  9... services
live=$1 next=$2 releases=$3 memory=$4 owner=$5
here=$(unset CDPATH; cd -- "$(dirname -- "$memory")" && pwd -P)
mine=$(printf 'project %s\\nenvironment %s\\napp %s\\nstate %s' "$6" "$7" "$8" "$here")
shift 8
if [ -e "$owner" ] && [ "$(cat -- "$owner")" != "$mine" ] && [ -z "\${COCKPIT_ANYWAY-}" ]; then
	echo "$live is not this environment's any more; $owner says:" >&2
	cat -- "$owner" >&2
	echo 'Go on all the same: COCKPIT_ANYWAY=1 sh this-script' >&2
	exit 93
fi
previous=\${COCKPIT_RELEASE:-$(cat -- "$memory")}
case $previous in '' | . | .. | */*) echo "no release to go back to is recorded" >&2; exit 1 ;; esac
if ! [ -d "$(dirname -- "$live")/$releases/$previous" ]; then
	echo "release $previous is not on this host; there are:" >&2
	ls -- "$(dirname -- "$live")/$releases" >&2
	exit 1
fi
sudo -n ln -sfn -- "$releases/$previous" "$next"
sudo -n mv -fT -- "$next" "$live"
echo "live is now $(readlink -f -- "$live")"
for service in "$@"; do
	sudo -n systemctl "\${service%%:*}" "\${service#*:}" || sudo -n systemctl start "\${service#*:}"
	printf '%s %s\\n' "\${service#*:}" "$(systemctl is-active "\${service#*:}")"
done
as_pm2() { if [ -n "$pm2_user" ]; then sudo -n -H -u "$pm2_user" -- "$pm2" "$@"; else "$pm2" "$@"; fi; }
if [ -n "$pm2" ]; then
	IFS=,
	for name in $pm2_names; do
		as_pm2 describe "$name" >/dev/null 2>&1 || continue
		as_pm2 reload "$name" --force
		exit
	done
	echo "PM2 has no process called $pm2_names" >&2
	exit 1
fi
`.trim();

/** What runs the app, and has to be told of another release. */
type WayBack = {
	readonly claim: Claim;
	readonly services: readonly Service[];
	readonly pm2?: Pick<NextTarget, 'pm2' | 'pm2User' | 'pm2Names'>;
};

const rollbackScript = (app: string, memory: string, {claim, services, pm2}: WayBack): string => {
	const {layout} = claim;
	return [
		'#!/bin/sh',
		`# Puts the previous release of the ${app} live again, without the cockpit. Migrations are not reverted.`,
		'# Another release: COCKPIT_RELEASE=<id> sh this-script',
		'set -eu',
		'cd -- "$HOME"',
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
			...services.filter(({after}) => after !== 'nothing').map(({unit, after}) => `${after}:${unit}`),
		]
			.map(quote)
			.join(' ')}`,
		wayBack,
		'',
	].join('\n');
};

const keep = `
set -eu
umask 077
state=$1 app=$2 run=$3 script=$4
printf '%s' "$script" >"$state/rollback-$app.sh.part"
chmod 700 -- "$state/rollback-$app.sh.part"
mv -- "$state/rollback-$app.sh.part" "$state/rollback-$app.sh"
if [ -e "$state/jobs/$run/previous" ]; then
	cp -- "$state/jobs/$run/previous" "$state/previous-$app.part"
	mv -- "$state/previous-$app.part" "$state/previous-$app"
fi
`;

/**
 * Keeps the script that goes back to the release live now. Comes before the swap: whatever fails after it, the way
 * back is there already.
 */
export const keepWayBack = ({directory, app, run}: HostState, way: WayBack): Command =>
	program('keep the way back', keep, [directory, app, run, rollbackScript(app, `${directory}/previous-${app}`, way)]);

const record = `
set -eu
umask 077
state=$1 app=$2 run=$3 release=$4
mkdir -p -- "$state/manifests/$app"
keep() { cp -- "$1" "$2.part" && mv -- "$2.part" "$2"; }
[ ! -e "$state/jobs/$run/made" ] || keep "$state/jobs/$run/made" "$state/manifests/$app/$release.made"
keep "$state/jobs/$run/manifest" "$state/manifests/$app/$release"
`;

/** Keeps what the build brought to the new release, and what was made in it: all that the next deploy takes over. */
export const recordRelease = ({directory, app, run}: HostState, release: string): Command =>
	program('record the release', record, [directory, app, run, release]);

/* Takes what `compare` takes; $with: a directory that may have such a file already, or nothing. */
const keepLeftOut = `
${moveAside}
# What no build and no installer brought outlives the release that has it: nobody can say what it is worth.
keep_left_out() {
	name=\${1##*/}
	if compare "$@"; then cat -- "$scratch/added" "$scratch/changed"
	elif [ "$listed" = none ]; then
		records_of "$@" >"$scratch/found" || return
		sed -z '/^120000 0\\{64\\} /d' <"$scratch/found" | without "$unlisted" | compared | paths
	else return 1; fi >"$scratch/left" || return
	total=$(count <"$scratch/left")
	[ "$total" -gt 0 ] || return 0
	move_aside "$1" "$with" <"$scratch/left" || return
	[ "$total" = 1 ] && files='1 file that was' || files="$total files that were"
	sudo -n -u "$owner" -- rmdir -- "$base/left-out/$name" 2>/dev/null ||
		echo "noted: release $name is removed; $files not as deployed went to $base/left-out/$name"
}
`.trim();

const prune = `
set -u
run=$1 releases=$2 keep=$3
shift 3
trash=$base/trash with=
current=$(readlink -f -- "$live")
current=\${current##*/}
previous=
[ -e "$state/previous-$app" ] && read -r previous <"$state/previous-$app"
exists() { sudo -n -u "$owner" -- test -d "$1"; }
${keepLeftOut}
keep=$((keep - 1))
[ -n "$previous" ] && [ "$previous" != "$current" ] && exists "$releases/$previous" && keep=$((keep - 1))
sudo -n -u "$owner" -- ls -1 -- "$releases" | LC_ALL=C sort -r >"$scratch/releases"
while IFS= read -r release; do
	case $release in "$current" | "$previous") continue ;; esac
	# One that failed does not count: five bad deploys must not push out the last good release.
	if [ -e "$state/failed/$app/$release" ]; then [ "$keep" -le 0 ] || continue
	else
		[ -e "$state/manifests/$app/$release" ] || continue
		[ -e "$state/pinned-$app/$release" ] && continue
		if [ "$keep" -gt 0 ]; then keep=$((keep - 1)); continue; fi
	fi
	echo "removes release $release"
	# Never fails the run: the new release is live and healthy by now.
	( keep_left_out "$releases/$release" "$@" ) </dev/null || { echo "noted: could not put aside what release $release holds beside its build: it stays"; continue; }
	sudo -n -u "$owner" -- mkdir -p -- "$trash" && sudo -n -u "$owner" -- mv -T -- "$releases/$release" "$trash/$release.$run" || { echo "could not remove $release"; continue; }
	rm -f -- "$state/manifests/$app/$release" "$state/manifests/$app/$release.made" "$state/manifests/$app/$release.found" "$state/releases/$app/$release.json" "$state/failed/$app/$release"
done <"$scratch/releases" || true
# Names under which failed releases were kept, once these are gone.
for link in "$(dirname -- "$live")/\${app}_failed_"* "$(dirname -- "$live")/.next_failed_"*; do
	[ -L "$link" ] && ! [ -e "$link" ] && sudo -n -- rm -f -- "$link"
done
find "$state/jobs" -mindepth 1 -maxdepth 1 -type d -mtime +30 -exec sh -c '[ -e "$1/closed" ] && rm -rf -- "$1"' sh {} \\; || true
`;

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
		...contentsProgram('remove old releases', prune, {state, target}, [
			state.run,
			releaseLayout(target).releases,
			String(keep),
		]),
		sudo: [...['test', 'ls', 'mkdir', 'mv', 'rmdir', 'sh'].map(name => `${owner}: ${name}`), 'root: rm'],
	};
};

const keepAll = `
set -u
with=$live
for release in "$base/releases"/*; do
	[ -d "$release" ] || continue
	( keep_left_out "$release" "$@" ) || { echo "what $release holds beside its build can't be put aside" >&2; exit 1; }
done
`;

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

const describe = `
set -eu
umask 077
state=$1 app=$2 release=$3 about=$4
mkdir -p -- "$state/releases/$app"
printf '{"release":"%s","at":"%s",%s}\\n' "$release" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$about" >"$state/releases/$app/$release.json.part"
mv -- "$state/releases/$app/$release.json.part" "$state/releases/$app/$release.json"
`;

/** Writes down what a release is: its build, who made it live, in which run. Time of the host. */
export const describeRelease = (
	{directory, app}: HostState,
	release: string,
	about: Readonly<Record<string, unknown>>,
): Command => program('write the release record', describe, [directory, app, release, jsonMembers(about)]);
