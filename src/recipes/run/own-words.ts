import {askOwnWords} from '../../commands/logs/own-words.ts';
import {logEndsOf} from '../../commands/logs/read-logs.ts';
import type {LogKind} from '../../domain/logs/log.ts';
import {logSources} from '../../domain/logs/log-sources.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import type {RunPlan} from './plan.ts';

/** Logs that say why an app fails, in the order in which they are to be believed. */
const telling: readonly LogKind[] = ['laravel', 'pm2-error', 'pm2-out', 'php-fpm', 'nginx-error'];

/** Of each log: the end of what came since the swap. */
const maxBytes = 64 * 1024;

/** What an app of a run says itself since its swap: asked once the run has failed behind it. */
export const ownWordsOf = ({environment, host, state, target, record}: RunPlan): NonNullable<Pipeline['ownWords']> => {
	const sources = logSources(environment)
		.filter(
			({host: on, app = record.app, kind}) => on === host.name && app === record.app && telling.includes(kind),
		)
		.toSorted((one, other) => telling.indexOf(one.kind) - telling.indexOf(other.kind));
	const requests = sources.map(({path, owner}) => ({
		path,
		take: 'last' as const,
		maxBytes,
		known: {notedIn: logEndsOf(state)},
		...(owner === undefined ? {} : {owner}),
	}));
	return {
		sources,
		command: askOwnWords(
			requests,
			target.services.map(({unit}) => unit),
		),
	};
};
