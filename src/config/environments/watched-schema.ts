import * as z from 'zod';
import {usualProbes, usualWatch} from '../../domain/environments/watched.ts';
import {logKinds} from '../../domain/logs/log.ts';
import {notifyEvents} from '../../domain/notify/message.ts';
import * as fields from '../yaml/fields.ts';
import {strictObject, text} from '../yaml/schema-problems.ts';

const optional = z.exactOptional;
const percent = z.number().min(0).max(100);
const wholeNumber = z.number().int();
const app = z.enum(['backend', 'frontend']);

const httpCheck = strictObject({
	id: text(fields.readId),
	title: text(fields.readTitle),
	app,
	on: z.enum(['site', 'api']),
	path: text(fields.readProbePath),
	status: wholeNumber.min(100).max(599).default(200),
	withinMs: optional(wholeNumber.min(1)),
	contains: optional(text(fields.readTitle)),
	jsonKeys: optional(z.array(text(fields.readJsonKey)).min(1)),
	headers: optional(z.record(text(fields.readHeaderName), z.string())),
});

const limits = strictObject({
	diskPercent: percent.default(usualProbes.limits.diskPercent),
	inodesPercent: percent.default(usualProbes.limits.inodesPercent),
	memoryPercent: percent.default(usualProbes.limits.memoryPercent),
	loadPerCore: z.number().gt(0).default(usualProbes.limits.loadPerCore),
	certificateDays: wholeNumber.min(0).default(usualProbes.limits.certificateDays),
	queueWaiting: wholeNumber.min(0).default(usualProbes.limits.queueWaiting),
});

const probes = strictObject({
	every: text(fields.readDuration).default(usualProbes.everyMs),
	http: z.array(httpCheck).default([]),
	limits: limits.default(usualProbes.limits),
	scheduler: optional(
		strictObject({log: text(fields.readLogPath), within: text(fields.readDuration)}).transform(({log, within}) => ({
			log,
			withinMs: within,
		})),
	),
	queue: z.boolean().default(usualProbes.queue),
}).transform(({every, ...rest}) => ({...rest, everyMs: every}));

const worse = strictObject({
	latencyPercent: z.number().min(0).default(usualWatch.worse.latencyPercent),
	latencyMs: z.number().min(0).default(usualWatch.worse.latencyMs),
	failuresPercent: percent.default(usualWatch.worse.failuresPercent),
	errorsPerMinute: z.number().min(0).default(usualWatch.worse.errorsPerMinute),
	usePercent: z.number().min(0).default(usualWatch.worse.usePercent),
});

const triggers = strictObject({
	notOkInARow: wholeNumber.min(1).default(usualWatch.triggers.notOkInARow),
	latencyTimes: z.number().gt(1).default(usualWatch.triggers.latencyTimes),
	errorsPerMinute: z.number().min(0).default(usualWatch.triggers.errorsPerMinute),
});

const watch = strictObject({
	minutes: wholeNumber.min(1).default(usualWatch.minutes),
	minSamples: wholeNumber.min(2).default(usualWatch.minSamples),
	worse: worse.default(usualWatch.worse),
	triggers: triggers.default(usualWatch.triggers),
});

const log = strictObject({
	id: text(fields.readId),
	title: text(fields.readTitle),
	kind: z.enum(logKinds).default('plain'),
	app: optional(app),
	path: text(fields.readLogPath),
});

const on = z.array(z.enum(notifyEvents)).min(1);

/** One place a message goes to: exactly one of the ways is named. */
const notify = z.union([
	strictObject({webhook: text(fields.readVariable), on}).transform(({webhook, on}) => ({
		way: 'webhook' as const,
		urlFrom: webhook,
		on,
	})),
	strictObject({
		mail: strictObject({
			to: z.tuple([text(fields.readMailAddress)], text(fields.readMailAddress)),
			from: text(fields.readMailAddress),
			server: text(fields.readAddress),
			port: wholeNumber.min(1).max(65_535).default(587),
			user: optional(text(fields.readArgument)),
			passwordFrom: optional(text(fields.readVariable)),
		}),
		on,
	}).transform(({mail, on}) => ({way: 'mail' as const, ...mail, on})),
	strictObject({command: z.tuple([text(fields.readArgument)], text(fields.readArgument)), on}).transform(
		({command, on}) => ({way: 'command' as const, argv: command, on}),
	),
	strictObject({terminal: z.enum(['bell', 'desktop']), on}).transform(({terminal, on}) => ({
		way: 'terminal' as const,
		how: terminal,
		on,
	})),
]);

const soak = strictObject({
	samples: z.enum(['optional', 'required']).default('optional'),
	unhealthy: optional(text(fields.readDuration)),
	envChange: z.enum(['restart', 'keep']).default('restart'),
}).transform(({samples, unhealthy, envChange}) => ({
	samples,
	...(unhealthy === undefined ? {} : {unhealthyMs: unhealthy}),
	...(envChange === 'keep' ? {envChange} : {}),
}));

/** The keys of an environment file that say how it is watched. */
export const watchedKeys = {
	probes: optional(probes),
	watch: optional(watch),
	logs: optional(z.array(log)),
	notify: optional(z.array(notify)),
	soak: optional(soak),
};
