import type {Actor} from '../../domain/build.ts';
import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import {triggerMessage, worseMessage} from '../../domain/notify/watch-messages.ts';
import type {Message} from '../../domain/notify/message.ts';
import type {WatchReport} from '../../domain/watch/watch-report.ts';
import type {Watch} from '../../domain/watch/watch.ts';
import type {WatchChange} from '../../domain/watch/watches.ts';
import type {AppServices} from '../app-services.ts';
import {appendOnce, type SharedEntry} from '../ledger/append-once.ts';
import {changeKey, createWatchTeller, saidOf} from './tell-watch.ts';

/** How long a cockpit leaves what another one saw fire to that one, when it sees nothing of it itself. */
const leftMs = 2 * 60_000;

/** A host that hangs must not hold up the next look; what is due is found again by then. */
const writeMs = 10_000;

/** What a round has found of one watch, beside what its ledger says. */
export type KeptFacts = {
	readonly report: WatchReport;
	/** As its ledger has them, by id. */
	readonly changes: ReadonlyMap<string, WatchChange>;
	readonly isOver: boolean;
};

/** Something to be written: once, by whoever is first, who also tells people. */
type Due = Omit<SharedEntry, 'writer'> & {readonly message?: Message};

/** That a watch is on, and until when. */
export const startedEntry = ({run, app, release, endsAt}: Watch): Omit<SharedEntry, 'writer'> => ({
	type: 'watch.started',
	once: `watch.started ${run}`,
	data: {run, app, release: release ?? null, until: new Date(endsAt).toISOString()},
});

/** Writes down what happens to watches, each thing once whoever else does, and tells people what it wrote. */
export const createWatchKeeper = (services: AppServices, environment: Environment) => {
	const writer = Array.from({length: 4}, () => services.nonce()).join('');
	const teller = createWatchTeller(services, environment, writer);
	let hasWritten = false;

	/**
	 * What somebody else saw fire is theirs to take back, for a while: it may see what this one can't. Undefined:
	 * nothing has changed.
	 */
	const changed = (
		{report: {watch, now}, changes}: KeptFacts,
		{id, state, kind}: {readonly id: string; readonly state: string; readonly kind: 'trigger' | 'probe'},
		actor: Actor,
	): Pick<Due, 'type' | 'once'> | undefined => {
		const last = changes.get(id);
		const isBad = state === 'fired' || state === 'worse';
		const wasBad = last?.state === 'fired' || last?.state === 'worse';
		if (isBad === wasBad || (state !== 'quiet' && state !== 'same' && !isBad)) return undefined;
		const isOwn = last?.machine === actor.machine && last.by === actor.name;
		if (wasBad && !isOwn && now - last.at < leftMs) return undefined;
		return {type: 'watch.changed', once: changeKey(watch, {kind, id, count: (last?.count ?? 0) + 1})};
	};

	const due = (facts: KeptFacts, actor: Actor): readonly Due[] => {
		const {report, isOver} = facts;
		const {watch, triggers, comparisons} = report;
		const {run, app} = watch;
		const about = {run, app};
		const begun: readonly Due[] = watch.isRecorded ? [] : [startedEntry(watch)];
		const fired = triggers.flatMap((trigger): readonly Due[] => {
			const {id, state, text, title} = trigger;
			const change = changed(facts, {id, state, kind: 'trigger'}, actor);
			return change
				? [
						{
							...change,
							data: {...about, trigger: id, state, text: `${title}: ${text}`},
							message: triggerMessage(watch, environment, trigger, {key: change.once, at: report.now}),
						},
					]
				: [];
		});
		// Of one probe the time and the share of good answers may be compared: the worse of them is what it comes to.
		const worst = [...Map.groupBy(comparisons, ({probe}) => probe).values()].flatMap(
			([first, ...more]) =>
				more.find(({verdict}) => verdict === 'worse' && first?.verdict !== 'worse') ?? first ?? [],
		);
		const compared = worst.flatMap((comparison): readonly Due[] => {
			const {probe, verdict: state} = comparison;
			const change = changed(facts, {id: probe, state, kind: 'probe'}, actor);
			if (!change) return [];
			const said = {...saidOf(comparison), probe, key: change.once, at: report.now};
			return [
				{
					...change,
					data: {...about, probe, state, text: `${said.title}: ${said.text}`},
					...(state === 'worse' ? {message: worseMessage(watch, environment, said)} : {}),
				},
			];
		});
		const ended: readonly Due[] = isOver
			? [
					{
						type: 'watch.finished',
						once: `watch.finished ${run}`,
						data: {...about, ...report.outcome},
					},
				]
			: [];
		return [...begun, ...fired, ...compared, ...ended];
	};

	return {
		/** Whether the ledger may have grown by what was written here since this was last asked. */
		hasWritten: (): boolean => {
			const was = hasWritten;
			hasWritten = false;
			return was;
		},
		/** Writes what is due. Answers with why it could not be written, on one line. */
		keep: async (facts: KeptFacts, signal: AbortSignal): Promise<string | undefined> => {
			const actor = await services.actorFor(primaryHost(environment));
			teller.hear(facts.report, facts.changes);
			for (const {message, ...entry} of due(facts, actor)) {
				try {
					const by = await appendOnce(
						services,
						environment,
						{...entry, writer},
						{
							signal,
							timeoutMs: writeMs,
						},
					);
					hasWritten = true;
					if (message) teller.tell(message, {isOurs: by === 'written'});
				} catch (error) {
					// What is due is found again from the ledger in the next round.
					if (error instanceof DeployError) return error.why;
					throw error;
				}
			}
			return undefined;
		},
	};
};
