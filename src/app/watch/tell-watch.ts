import type {Environment} from '../../domain/environments/environment.ts';
import type {Message} from '../../domain/notify/message.ts';
import {triggerMessage, worseMessage} from '../../domain/notify/watch-messages.ts';
import {comparisonText} from '../../domain/watch/report.ts';
import type {Comparison, Watch} from '../../domain/watch/watch.ts';
import type {WatchReport} from '../../domain/watch/watch-report.ts';
import type {WatchChange} from '../../domain/watch/watches.ts';
import type {AppServices} from '../app-services.ts';

/** What makes a change of something one entry and one message. `count`: how often it has changed by then. */
export const changeKey = (
	{run}: Pick<Watch, 'run'>,
	{kind, id, count}: {readonly kind: 'trigger' | 'probe'; readonly id: string; readonly count: number},
): string => `watch.changed ${run} ${kind} ${id} ${count}`;

/** What a comparison is called, and what it says. */
export const saidOf = (comparison: Comparison): {readonly title: string; readonly text: string} => ({
	title: [comparison.title, comparison.measure].filter(Boolean).join(', '),
	text: comparisonText(comparison),
});

/**
 * Tells of what happens to watches. Whoever wrote it down tells people; a screen that is open tells whoever sits at it as
 * well, whoever wrote it: `writer` is part of what it is told by, so that each screen tells it once.
 */
export const createWatchTeller = (
	{notifier}: Pick<AppServices, 'notifier'>,
	environment: Environment,
	writer: string,
) => {
	const {notify = []} = environment;
	const elsewhere = notify.filter(({way}) => way !== 'terminal');
	const here = notify.filter(({way}) => way === 'terminal');
	/** What the ledger says about each run, as far as it was looked at: nobody has to hear of that any more. */
	const heard = new Map<string, ReadonlySet<string>>();

	const tell = (message: Message, {isOurs}: {readonly isOurs: boolean}): void => {
		if (isOurs) notifier.say(message, elsewhere);
		if (here.length > 0) notifier.say({...message, key: `${message.key} ${writer}`}, here);
	};

	const messageOf = (
		{watch, triggers, comparisons}: WatchReport,
		{id, state, at, count}: WatchChange,
	): Message | undefined => {
		const trigger = triggers.find(one => one.id === id);
		const compared = comparisons.find(({probe}) => probe === id);
		if (trigger) {
			const {since: _, ...rest} = trigger;
			// Somebody else saw it: it may look otherwise from here.
			const seen = state === 'fired' ? ({state, since: at} as const) : ({state: 'quiet'} as const);
			return triggerMessage(
				watch,
				environment,
				{...rest, ...seen},
				{key: changeKey(watch, {kind: 'trigger', id, count}), at},
			);
		}
		return compared && state === 'worse'
			? worseMessage(watch, environment, {
					...saidOf(compared),
					probe: id,
					key: changeKey(watch, {kind: 'probe', id, count}),
					at,
				})
			: undefined;
	};

	return {
		tell,
		/** Tells whoever sits here of what has come to the ledger since the look before. */
		hear: (report: WatchReport, changes: ReadonlyMap<string, WatchChange>): void => {
			const {run} = report.watch;
			const keyOf = ({id, count}: WatchChange): string => `${id} ${count}`;
			const before = heard.get(run);
			heard.set(run, new Set([...changes.values()].map(keyOf)));
			if (before === undefined) return;
			for (const change of changes.values()) {
				const message = before.has(keyOf(change)) ? undefined : messageOf(report, change);
				if (message) tell(message, {isOurs: false});
			}
		},
	};
};
