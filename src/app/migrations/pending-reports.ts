import {migrateStatusOrWhy} from '../../commands/laravel/laravel.ts';
import type {Known} from '../../domain/gates/gates.ts';
import {reportMigrations, type MigrationReport} from '../../domain/migrations/report.ts';
import {migrationsIn, pendingMigrations} from '../../domain/runs/migrations.ts';
import type {DeployPlan} from '../../recipes/recipes.ts';
import type {AppServices} from '../app-services.ts';
import {cleanText} from '../clean-text.ts';
import {execOn} from '../exec-on.ts';
import {answerTo, known, unknown} from '../known.ts';

const pathOfMigration = (name: string): string => `database/migrations/${name}.php`;

/**
 * What the build would do to a database that has not seen all of it; undefined for an app without migrations. Asks the
 * live release, whose database it is, and changes nothing. Why it can't be found out is an answer.
 */
export const pendingReports = async (
	services: Pick<AppServices, 'sessions' | 'source'>,
	{source, target, layout, environment}: DeployPlan['plan'],
): Promise<Known<readonly MigrationReport[]> | undefined> => {
	if (target.recipe !== 'laravel') return undefined;
	const paths = source.entries.map(({path}) => path);
	if (migrationsIn(paths).length === 0) return known([]);
	const answer = await answerTo(async () => {
		const command = migrateStatusOrWhy({directory: layout.live, target}, layout);
		return (await execOn(services, environment, command, {lane: 'poll', timeoutMs: 20_000})).stdout;
	});
	if ('unknown' in answer) return answer;
	const failure = /^unknown (.*)$/m.exec(answer.value)?.[1];
	if (failure !== undefined) return unknown(cleanText(failure));
	const pending = pendingMigrations(paths, answer.value);
	return answerTo(async () => {
		const texts = await services.source.texts({
			directory: target.source,
			commit: source.commit,
			paths: pending.map(pathOfMigration),
		});
		const files = new Map(
			pending.flatMap(name => {
				const text = texts.get(pathOfMigration(name));
				return text === undefined ? [] : [[name, text] as const];
			}),
		);
		return cleanText(reportMigrations(pending, files));
	});
};
