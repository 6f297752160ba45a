import type {Command} from '../../domain/command.ts';
import type {LaravelTarget} from '../../domain/environments/environment.ts';
import type {MigrationFiles} from '../../domain/migrations/report.ts';
import {migrationsRan, ranLastFirst} from '../../domain/runs/migrations.ts';
import {timeWritten} from '../../domain/host-clock.ts';
import {answersIn, asObject, objectIn} from '../answers.ts';
import type {HostState} from '../host-state.ts';
import type {ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';
import between from './ask-between.sh';

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
	/** All that have run, in the order in which `migrate:rollback` takes them back. */
	readonly ran: ReturnType<typeof ranLastFirst>;
	/** Of live, of migrations that the target does not know. */
	readonly files: MigrationFiles;
};

/** From the record a deploy wrote of a release. `at`: server time, ISO 8601 UTC. */
export type ReleaseFacts = {readonly at?: string; readonly by?: string; readonly commit?: string};

/** Reads what `askBetween` printed. */
export const parseBetween = (text: string): Between => {
	const {all, one} = answersIn(text, ' ');
	const known = new Set(all('has').map(file => file.replace(/\.php$/, '')));
	const status = all('status');
	return {
		live: factsIn(one('record-live')),
		target: factsIn(one('record-target')),
		migrationsSince:
			status.length === 0 || known.size === 0
				? undefined
				: migrationsRan(status.join('\n')).filter(migration => !known.has(migration)),
		ran: ranLastFirst(status.join('\n')),
		files: new Map(all('file').map(fileIn)),
	};
};

/** `NAME.php BASE64` */
const fileIn = (line: string): readonly [string, string] => {
	const [name = '', content = ''] = line.split(' ');
	return [name.replace(/\.php$/, ''), Buffer.from(content, 'base64').toString()];
};

const factsIn = (json = ''): ReleaseFacts => {
	const {at, actor, build} = objectIn(json) ?? {};
	const by = asObject(actor)?.['name'];
	const commit = asObject(build)?.['commit'];
	return {
		...(typeof at === 'string' && timeWritten(at) !== undefined ? {at} : {}),
		...(typeof by === 'string' ? {by} : {}),
		...(typeof commit === 'string' ? {commit} : {}),
	};
};
