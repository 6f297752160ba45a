import type {Command} from '../../domain/command.ts';
import type {LaravelTarget} from '../../domain/environments/environment.ts';
import {migrationsRan} from '../../domain/runs/migrations.ts';
import type {HostState} from '../host-state.ts';
import type {ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';

/* Writes nothing. What can't be found out is left out: it must answer at the worst moment. */
const between = `
state=$1 app=$2 live=$3 releases=$4 release=$5 archive=$6 owner=$7 php=$8
current=$(readlink -- "$live"); current=\${current##*/}
record() { [ -e "$state/releases/$app/$2.json" ] && printf '%s %s\\n' "$1" "$(cat -- "$state/releases/$app/$2.json")"; }
record record-live "$current"
[ -n "$release" ] && record record-target "$release"
[ -n "$php" ] || exit 0
if [ -n "$release" ]; then ls -1 -- "$releases/$release/database/migrations" 2>/dev/null | sed 's/^/has /'
else tar -tzf "$archive" 2>/dev/null | sed -n 's,^.*database/migrations/\\([^/]*\\)$,has \\1,p'; fi
sudo -n -u "$owner" -- "$php" "$live/artisan" migrate:status --no-interaction --no-ansi 2>/dev/null | sed 's/^/status /'
exit 0
`;

/** Asks what lies between the live release and the one to go back to. Changes nothing. */
export const askBetween = (
	{directory, app}: Omit<HostState, 'run'>,
	options: {
		readonly layout: ReleaseLayout;
		/** Empty when an archive is meant. */
		readonly release: string;
		readonly archive: string;
		readonly owner: string;
		/** Empty for an app without migrations. */
		readonly php: LaravelTarget['php'];
	},
): Command => ({
	...program('ask what lies between', between, [
		directory,
		app,
		options.layout.live,
		options.layout.releases,
		options.release,
		options.archive,
		options.owner,
		options.php,
	]),
	...(options.php === '' ? {} : {sudo: [`${options.owner}: ${options.php}`]}),
});

export type Between = {
	readonly live: ReleaseFacts;
	readonly target: ReleaseFacts;
	/** Migrations that ran and that the target does not know; undefined when that could not be found out. */
	readonly migrationsSince: readonly string[] | undefined;
};

/** From the record a deploy wrote of a release. `at`: server time, ISO 8601 UTC. */
export type ReleaseFacts = {readonly at?: string; readonly by?: string; readonly commit?: string};

/** Reads what `askBetween` printed. */
export const parseBetween = (text: string): Between => {
	const lines = text.split('\n');
	const after = (prefix: string): string[] =>
		lines.flatMap(line => (line.startsWith(`${prefix} `) ? [line.slice(prefix.length + 1)] : []));
	const known = new Set(after('has').map(file => file.replace(/\.php$/, '')));
	const status = after('status');
	return {
		live: factsIn(after('record-live')[0]),
		target: factsIn(after('record-target')[0]),
		migrationsSince:
			status.length === 0 || known.size === 0
				? undefined
				: migrationsRan(status.join('\n')).filter(migration => !known.has(migration)),
	};
};

const factsIn = (json: string | undefined): ReleaseFacts => {
	try {
		const {at, actor, build} = JSON.parse(json ?? '{}') as {
			at?: unknown;
			actor?: {name?: unknown};
			build?: {commit?: unknown};
		};
		return {
			...(typeof at === 'string' ? {at} : {}),
			...(typeof actor?.name === 'string' ? {by: actor.name} : {}),
			...(typeof build?.commit === 'string' ? {commit: build.commit} : {}),
		};
	} catch {
		return {};
	}
};
