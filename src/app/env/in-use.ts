import {calendarDay} from '../../domain/format.ts';
import type {EnvInUse} from '../../domain/environments/env-table.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {guessEnvironment, markOf} from '../../domain/environments/working-values.ts';
import type {AppServices} from '../app-services.ts';
import {answerTo} from '../known.ts';
import {sha256} from '../sha256.ts';
import {readTemplate, workingFile, type WorkingFile} from './env-places.ts';

type Services = Pick<AppServices, 'envFiles' | 'clock'>;

/** The files `cockpit env use` writes, backend first. */
export const workingFiles = (environments: readonly Environment[]): readonly WorkingFile[] =>
	(['backend', 'frontend'] as const).flatMap(app => workingFile(environments, app) ?? []);

/** The environment a file written by hand looks like. */
export const guessFor = async (
	services: Pick<Services, 'envFiles'>,
	environments: readonly Environment[],
	{app, text}: {readonly app: AppName; readonly text: string},
): Promise<string | undefined> =>
	guessEnvironment(
		text,
		await Promise.all(
			environments.map(async one => ({name: one.name, entries: await readTemplate(services, one, app)})),
		),
	);

const describe = async (
	services: Services,
	environments: readonly Environment[],
	{app, text}: {readonly app: AppName; readonly text: string},
): Promise<Omit<EnvInUse, 'file'>> => {
	const titleOf = (name: string): string => environments.find(one => one.name === name)?.title ?? name;
	const mark = markOf(text, sha256);
	if (!mark) {
		const guess = await guessFor(services, environments, {app, text});
		const like = guess === undefined ? '' : `, looks like ${titleOf(guess)}`;
		return {environment: undefined, text: `written by hand${like}`};
	}
	const {environment, at, isAsWritten} = mark;
	const from = `${titleOf(environment)}, from .env.${environment}`;
	const zone = environments.find(({name}) => name === environment)?.timeZone ?? 'UTC';
	return isAsWritten
		? {environment, text: `${from}, unchanged since ${calendarDay(at, services.clock.now(), zone)}`}
		: {environment: undefined, text: `${from}, changed since`};
};

/** Which set of values each file of the working copy has. A file that can't be read is told, too. */
export const readInUse = async (
	services: Services,
	environments: readonly Environment[],
): Promise<readonly EnvInUse[]> =>
	Promise.all(
		workingFiles(environments).map(async ({app, path, shown}): Promise<EnvInUse> => {
			const answer = await answerTo(() => services.envFiles.read(path));
			if ('unknown' in answer) return {file: shown, environment: undefined, text: answer.unknown};
			const text = answer.value?.text;
			if (text === undefined) return {file: shown, environment: undefined, text: 'not there'};
			return {file: shown, ...(await describe(services, environments, {app, text}))};
		}),
	);
