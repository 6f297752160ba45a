import * as z from 'zod';
import type {Environment} from '../../domain/environments/environment.ts';
import {usualHealth} from '../../domain/health.ts';
import * as fields from '../yaml/fields.ts';
import {addProblem, strictObject, text} from '../yaml/schema-problems.ts';
import {hooksSchema} from './hooks-schema.ts';
import {watchedKeys} from './watched-schema.ts';

const optional = z.exactOptional;
const wholeNumber = z.number().int();

const health = strictObject({
	url: text(fields.readUrl),
	status: wholeNumber.min(100).max(599),
	passes: wholeNumber.min(1),
	stableFor: text(fields.readDuration),
	within: text(fields.readDuration),
	every: text(fields.readDuration),
	timeout: text(fields.readDuration).default(usualHealth.timeoutMs),
	sameFailure: text(fields.readDuration).default(usualHealth.sameFailureMs),
})
	.superRefine(({stableFor, within}, context) => {
		if (within > stableFor) return;
		addProblem(context, ['within'], 'ends before the app can be called stable', 'allow more time than stableFor');
	})
	.transform(({stableFor, within, every, timeout, sameFailure, ...rest}) => ({
		...rest,
		stableForMs: stableFor,
		withinMs: within,
		everyMs: every,
		timeoutMs: timeout,
		sameFailureMs: sameFailure,
	}));

const argv = z.tuple([text(fields.readArgument)], text(fields.readArgument));

const service = strictObject({
	unit: text(fields.readUnit),
	after: z.enum(['reload', 'restart', 'nothing']),
	test: optional(argv),
});

const window = strictObject({
	days: z.array(z.enum(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'])).min(1),
	from: text(fields.readTime),
	until: text(fields.readTime),
	notBeforeHolidays: z.boolean(),
}).superRefine(({from, until}, context) => {
	if (from < until) return;
	const fix = 'use two times of one day, the earlier one as from';
	addProblem(context, ['until'], `${until} is not after ${from}`, fix);
});

const emergency = strictObject({
	soakHours: z.number().min(0),
	window: optional(window),
	approvals: wholeNumber.min(1),
	reviewWithinHours: z.number().gt(0),
});

const host = (home: string) =>
	strictObject({
		name: text(fields.readName),
		address: text(fields.readAddress),
		port: optional(wholeNumber.min(1).max(65_535)),
		user: optional(text(fields.readUser)),
		identityFile: optional(text(fields.readLocalPath(home))),
		instanceId: optional(text(fields.readTitle)),
		hostKeys: optional(z.array(text(fields.readHostKey)).min(1)),
		knownHostsFile: optional(text(fields.readLocalPath(home))),
		proxyJump: optional(text(fields.readJump)),
		watchedOnly: optional(z.literal(true)),
	});

const target = (home: string, directory: string) => ({
	source: text(fields.readSourcePath(home, directory)),
	path: text(fields.readHostPath),
	owner: text(fields.readUser),
	group: text(fields.readUser),
	fileMode: text(fields.readMode),
	directoryMode: text(fields.readMode),
	excludes: z.array(text(fields.readAppPath)),
	shared: strictObject({files: z.array(text(fields.readAppPath)), directories: z.array(text(fields.readAppPath))}),
	services: z.array(service),
	health,
	keepReleases: wholeNumber.min(2),
	hooks: optional(hooksSchema),
});

const laravel = (home: string, directory: string) =>
	strictObject({
		recipe: z.literal('laravel'),
		...target(home, directory),
		php: text(fields.readProgram),
		composer: text(fields.readProgram),
		restartQueue: z.boolean(),
		maintenance: optional(z.enum(['never', 'migrations'])),
	});

const nextjs = (home: string, directory: string) =>
	strictObject({
		recipe: z.literal('nextjs'),
		...target(home, directory),
		pm2Names: z.tuple([text(fields.readPm2Name)], text(fields.readPm2Name)),
		buildEnvironment: z.record(text(fields.readBuildKey), text(fields.readArgument)),
		port: wholeNumber.min(1).max(65_535).default(3000),
		pm2: text(fields.readProgram).default('pm2'),
		pm2User: optional(text(fields.readUser)),
		npm: text(fields.readProgram).default('npm'),
		node: text(fields.readProgram).default('node'),
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
		project: text(fields.readName),
		name: text(fields.readName),
		title: text(fields.readTitle),
		tier: z.enum(['local', 'preprod', 'production']),
		promotedFrom: optional(text(fields.readName)),
		warning: optional(text(fields.readTitle)),
		timeZone: text(fields.readTimeZone),
		urls: strictObject({site: text(fields.readUrl), api: text(fields.readUrl)}),
		database: strictObject({host: text(fields.readAddress), name: optional(text(fields.readArgument))}),
		drivers: strictObject({mail: text(fields.readProgram), cache: text(fields.readProgram)}),
		debug: z.boolean(),
		hosts: z.array(host(home)),
		stateDirectory: text(fields.readStateDirectory),
		backups: strictObject({
			directory: text(fields.readHostPath),
			policy: z.enum(['before-swap', 'after-deploy']),
			keep: wholeNumber.min(1),
		}),
		window: optional(window),
		holidays: optional(text(fields.readHolidayFile)),
		approvals: wholeNumber.min(0).default(0),
		identity: z.enum(['claimed', 'signed']).default('claimed'),
		headless: z.enum(['allow', 'expect', 'forbid']).default('expect'),
		emergency: optional(emergency),
		onFailure: z.enum(['ask', 'rollback']).default('ask'),
		soakHours: z.number().min(0),
		...watchedKeys,
		apps: strictObject({backend: optional(laravel(home, directory)), frontend: optional(nextjs(home, directory))}),
	});
