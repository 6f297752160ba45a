import * as z from 'zod';
import type {Environment} from '../../domain/environments/environment.ts';
import {
	readAddress,
	readAppPath,
	readArgument,
	readBuildKey,
	readDuration,
	readHolidayFile,
	readHostKey,
	readHostPath,
	readJump,
	readLocalPath,
	readMode,
	readName,
	readPm2Name,
	readProgram,
	readSource,
	readStateDirectory,
	readTime,
	readTimeZone,
	readTitle,
	readUnit,
	readUrl,
	readUser,
} from '../yaml/fields.ts';
import {refuse, strictObject, text} from '../yaml/schema-problems.ts';

const optional = z.exactOptional;
const wholeNumber = z.number().int();

const health = strictObject({
	url: text(readUrl),
	status: wholeNumber.min(100).max(599),
	passes: wholeNumber.min(1),
	stableFor: text(readDuration),
	within: text(readDuration),
	every: text(readDuration),
})
	.superRefine(({stableFor, within}, context) => {
		if (within > stableFor) return;
		refuse(context, ['within'], 'ends before the app can be called stable', 'allow more time than stableFor');
	})
	.transform(({stableFor, within, every, ...rest}) => ({
		...rest,
		stableForMs: stableFor,
		withinMs: within,
		everyMs: every,
	}));

const argv = z.tuple([text(readArgument)], text(readArgument));

const service = strictObject({
	unit: text(readUnit),
	after: z.enum(['reload', 'restart', 'nothing']),
	test: optional(argv),
});

const window = strictObject({
	days: z.array(z.enum(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'])).min(1),
	from: text(readTime),
	until: text(readTime),
	notBeforeHolidays: z.boolean(),
}).superRefine(({from, until}, context) => {
	if (from < until) return;
	const fix = 'use two times of one day, the earlier one as from';
	refuse(context, ['until'], `${until} is not after ${from}`, fix);
});

const emergency = strictObject({
	soakHours: z.number().min(0),
	window: optional(window),
	approvals: wholeNumber.min(1),
	reviewWithinHours: z.number().gt(0),
});

const host = (home: string) =>
	strictObject({
		name: text(readName),
		address: text(readAddress),
		port: optional(wholeNumber.min(1).max(65_535)),
		user: optional(text(readUser)),
		identityFile: optional(text(readLocalPath(home))),
		instanceId: optional(text(readTitle)),
		hostKeys: optional(z.array(text(readHostKey)).min(1)),
		knownHostsFile: optional(text(readLocalPath(home))),
		proxyJump: optional(text(readJump)),
	});

const target = (home: string, directory: string) => ({
	source: text(readSource(home, directory)),
	path: text(readHostPath),
	owner: text(readUser),
	group: text(readUser),
	fileMode: text(readMode),
	directoryMode: text(readMode),
	excludes: z.array(text(readAppPath)),
	shared: strictObject({files: z.array(text(readAppPath)), directories: z.array(text(readAppPath))}),
	services: z.array(service),
	health,
	keepReleases: wholeNumber.min(2),
});

const laravel = (home: string, directory: string) =>
	strictObject({
		recipe: z.literal('laravel'),
		...target(home, directory),
		php: text(readProgram),
		composer: text(readProgram),
		restartQueue: z.boolean(),
		beforeMigrate: optional(argv),
	});

const nextjs = (home: string, directory: string) =>
	strictObject({
		recipe: z.literal('nextjs'),
		...target(home, directory),
		pm2Names: z.tuple([text(readPm2Name)], text(readPm2Name)),
		buildEnvironment: z.record(text(readBuildKey), text(readArgument)),
		port: wholeNumber.min(1).max(65_535).default(3000),
		pm2: text(readProgram).default('pm2'),
		pm2User: optional(text(readUser)),
		npm: text(readProgram).default('npm'),
		node: text(readProgram).default('node'),
	});

/** An environment as its own file states it: with the name of its holiday file rather than the days in it. */
export type StatedEnvironment = Omit<Environment, 'file' | 'holidays'> & {readonly holidays?: string};

/** What one file of `environments/` holds: `Environment` key by key, with durations and modes as people write them. */
export const environmentSchema = ({
	home,
	directory,
}: {
	readonly home: string;
	readonly directory: string;
}): z.ZodType<StatedEnvironment> =>
	strictObject({
		project: text(readName),
		name: text(readName),
		title: text(readTitle),
		tier: z.enum(['local', 'preprod', 'production']),
		promotedFrom: optional(text(readName)),
		warning: optional(text(readTitle)),
		timeZone: text(readTimeZone),
		urls: strictObject({site: text(readUrl), api: text(readUrl)}),
		database: strictObject({host: text(readAddress), name: optional(text(readArgument))}),
		drivers: strictObject({mail: text(readProgram), cache: text(readProgram)}),
		debug: z.boolean(),
		hosts: z.array(host(home)),
		stateDirectory: text(readStateDirectory),
		backups: strictObject({
			directory: text(readHostPath),
			policy: z.enum(['before-swap', 'after-deploy']),
			keep: wholeNumber.min(1),
		}),
		window: optional(window),
		holidays: optional(text(readHolidayFile)),
		approvals: wholeNumber.min(0).default(0),
		identity: z.enum(['claimed', 'signed']).default('claimed'),
		headless: z.enum(['allow', 'expect', 'forbid']).default('expect'),
		emergency: optional(emergency),
		onFailure: z.enum(['ask', 'rollback']).default('ask'),
		soakHours: z.number().min(0),
		apps: strictObject({backend: optional(laravel(home, directory)), frontend: optional(nextjs(home, directory))}),
	});
