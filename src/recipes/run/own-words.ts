import {askOwnWords} from '../../commands/logs/own-words.ts';
import {logEndsOf, type LogRequest} from '../../commands/logs/read-logs.ts';
import type {LogKind} from '../../domain/logs/log.ts';
import {logSources} from '../../domain/logs/log-sources.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import type {RunPlan} from './plan.ts';

/** Logs that say why an app fails, in the order in which they are to be believed. */
const telling: readonly LogKind[] = ['laravel', 'pm2-error', 'pm2-out', 'php-fpm', 'nginx-error'];

/** Of each log: the end of what came since the swap. */
const maxBytes = 64 * 1024;

/** What an app of a run says itself: since the swap once it has begun, of the release being prepared before. */
export const ownWordsOf = ({environment, host, state, target, record}: RunPlan): NonNullable<Pipeline['ownWords']> => {
	const sources = logSources(environment)
		.filter(
			({host: on, app = record.app, kind}) => on === host.name && app === record.app && telling.includes(kind),
		)
		.toSorted((one, other) => telling.indexOf(one.kind) - telling.indexOf(other.kind));
	const requestsOf = (known: LogRequest['known']) =>
		sources.map(({path, owner}) => ({
			path,
			take: 'last' as const,
			maxBytes,
			known,
			...(owner === undefined ? {} : {owner}),
		}));
	return {
		sources,
		command: askOwnWords(
			requestsOf({notedIn: logEndsOf(state)}),
			target.services.map(({unit}) => unit),
		),
		before: askOwnWords(requestsOf('new'), []),
	};
};
