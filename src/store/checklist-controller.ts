import type {AppServices} from '../app/app-services.ts';
import {exportChecklist} from '../app/export-checklist.ts';
import {dropLate, keepLate, lateSignOff, sendLateSignOffs, waitingFor} from '../app/late-sign-offs.ts';
import {leftHere, presenceMs, saidHere} from '../app/presence.ts';
import {runItemProbe} from '../app/item-probes.ts';
import {signItem, undoSignOff, type Finding} from '../app/sign-off.ts';
import {promotionsOf} from '../app/watch-evidence.ts';
import type {Checklists} from '../domain/checklist.ts';
import {primaryHost, type Environment} from '../domain/environment.ts';
import {DeployError, hasCode} from '../domain/errors.ts';
import type {ProbeResult} from '../domain/gates.ts';
import type {ExportPort, SignOffOutbox} from '../domain/ports.ts';
import {refuseResult, type ItemState, type PairDigests, type Result} from '../domain/sign-off.ts';
import {
	refuseChange,
	refuseSigning,
	selectItem,
	selectItemStates,
	selectLiveBuilds,
	selectNextOpen,
	selectOwn,
	selectPoint,
	waitingOn,
	type ChecklistAsk,
	type PendingSignOff,
} from './checklist.ts';
import type {CockpitController} from './controller.ts';
import type {CockpitStore} from './create-store.ts';
import {problemOf} from './problem-of.ts';

/** The part of the controller that reads and signs the checklist. */
export type ChecklistController = Pick<
	CockpitController,
	| 'start'
	| 'stop'
	| 'refresh'
	| 'openChecklist'
	| 'signItem'
	| 'giveAnswer'
	| 'undoItem'
	| 'runItemProbe'
	| 'exportChecklist'
>;

/** From one look at the ledger to the next while the screen is open: a colleague's tick is seen within two seconds. */
const checklistMs = 1000;
const leastPauseMs = 200;
const longestPauseMs = 10_000;
/** Answers closer together than this come from a key held down, or are meant for the item before. */
export const leastLookMs = 700;

/** Codes that may go away by themselves. Any other needs a person, and a refused login counts against the account. */
const isPassing = (error: unknown): boolean =>
	!(error instanceof DeployError) || hasCode(error, 'unreachable', 'link-lost', 'timeout', 'remote-signal');

/** The host did not answer: what was asked of it may be asked again. */
const isSilence = (error: unknown): boolean => hasCode(error, 'unreachable', 'link-lost', 'timeout');

/** The environment whose checklist decides: the one before the last. */
export const testedEnvironment = (environments: readonly Environment[]): Environment | undefined =>
	promotionsOf(environments).at(-1)?.from;

const words: Readonly<Record<Result, string>> = {
	passed: 'passed',
	failed: 'failed',
	unclear: 'unclear',
	'not-applicable': 'not applicable',
};

/** What a probe found, as a person would have said it. */
const findingOf = ({item, outcome, text}: ProbeResult): Finding => ({
	item,
	result: outcome,
	by: 'probe',
	value: text,
	...(outcome === 'passed' ? {} : {note: `the probe saw: ${text}`}),
});

/**
 * Reads the ledger of the tested environment as long as the checklist is open, and records what people and probes find.
 * Every method returns at once; what comes of it arrives in the store. Nothing shows as signed that the ledger does not
 * have.
 */
export const createChecklistController = (options: {
	readonly services: AppServices;
	readonly environments: readonly Environment[];
	readonly checklists: Checklists;
	readonly store: CockpitStore;
	readonly files: ExportPort;
	/** Absent: what can't be recorded at once is refused. */
	readonly outbox?: SignOffOutbox;
	readonly onFault?: (error: unknown) => void;
}): ChecklistController => {
	const {services, environments, checklists, store, files, outbox, onFault = () => undefined} = options;
	const {clock} = services;
	const environment = testedEnvironment(environments);
	const stopping = new AbortController();
	let polling: AbortController | undefined;
	const unsubscribe: (() => void)[] = [];
	let napping: AbortController | undefined;
	let answeredAt = Number.NEGATIVE_INFINITY;
	/** Items answered here, last one at the end: `u` leads back to them. */
	const answered: string[] = [];

	const change = store.getState().setChecklist;

	/** Forgets what the ledger has by now. */
	const settle = (): void => {
		const {checklistPending, checklistReading} = store.getState();
		if (checklistPending.length === 0) return;
		const known = new Set(checklistReading?.ledger.entries.slice(-1000).map(({data}) => data['id']));
		change({checklistPending: checklistPending.filter(({id}) => !known.has(id))});
	};

	const showWaiting = (): void => {
		if (!environment || !outbox) return;
		change({checklistWaiting: waitingFor(outbox, environment).map(({id, item, result}) => ({id, item, result}))});
	};

	let sending: Promise<void> | undefined;

	/** Sends what waits, once at a time; a host that is still silent is no news. */
	const send = async (tested: Environment, kept: SignOffOutbox): Promise<void> => {
		try {
			const count = await sendLateSignOffs(services, {
				environment: tested,
				outbox: kept,
				signal: stopping.signal,
			});
			if (count > 0)
				store
					.getState()
					.say('success', `${count} late ${count === 1 ? 'sign-off is' : 'sign-offs are'} recorded now.`);
		} catch (error) {
			if (!isSilence(error)) tell('What waits was not sent', error);
		} finally {
			showWaiting();
			lookAgain();
		}
	};
	const flush = (): void => {
		if (!environment || !outbox || sending || store.getState().checklistWaiting.length === 0) return;
		sending = send(environment, outbox).finally(() => {
			sending = undefined;
		});
		sending.catch(onFault);
	};

	let saidAt = Number.NEGATIVE_INFINITY;
	let saidSection: string | undefined;

	/** Tells the others where one is, and learns where they are. Nothing depends on it: a failure is only silence. */
	const sayHere = async (tested: Environment, signal: AbortSignal): Promise<void> => {
		const state = store.getState();
		const {checklistActor: actor} = state;
		const section = selectPoint(state)?.title ?? '';
		const isDue = clock.now() - saidAt >= presenceMs || section !== saidSection;
		if (!actor || !isDue) return;
		saidAt = clock.now();
		saidSection = section;
		try {
			const here = await saidHere(services, tested, {actor, section, signal});
			if (!signal.aborted) change({checklistHere: here});
		} catch (error) {
			if (!(error instanceof DeployError)) throw error;
			change({checklistHere: []});
		}
	};

	let leaving = Promise.resolve();

	const leave = (tested: Environment): void => {
		const {checklistActor: actor} = store.getState();
		if (!actor || saidSection === undefined) return;
		saidAt = Number.NEGATIVE_INFINITY;
		saidSection = undefined;
		change({checklistHere: []});
		leaving = leftHere(services, tested, actor).catch(error => {
			if (!(error instanceof DeployError)) onFault(error);
		});
	};

	/** One look; answers with the pause before the next, undefined when only a person can help. */
	const look = async (tested: Environment, failures: number, signal: AbortSignal): Promise<number | undefined> => {
		const state = store.getState();
		const started = clock.now();
		try {
			const [ledger, actor] = await Promise.all([
				services.ledgers.read(tested, {lane: 'poll', timeoutMs: 10_000, signal}),
				state.checklistActor ?? services.actorFor(primaryHost(tested)),
			]);
			if (signal.aborted) return 0;
			change({
				checklistReading: {ledger, readAt: clock.now()},
				checklistProblem: undefined,
				...(state.checklistActor ? {} : {checklistActor: actor}),
			});
			settle();
			// The first thing to do; from here on only a key moves the cursor.
			const {checklistSelected} = store.getState();
			if (checklistSelected === undefined) {
				const first = selectNextOpen(store.getState(), undefined) ?? selectItem(store.getState())?.item.id;
				change({checklistSelected: first});
			}
			flush();
			sayHere(tested, signal).catch(onFault);
			return Math.max(leastPauseMs, checklistMs - (clock.now() - started));
		} catch (error) {
			if (signal.aborted) return 0;
			if (!(error instanceof DeployError)) onFault(error);
			const {checklistProblem, checklistReading} = store.getState();
			const since = checklistProblem?.since ?? clock.now();
			const remembered = checklistReading ? undefined : services.ledgers.remembered(tested);
			change({
				checklistProblem: {...problemOf(error), since},
				checklistHere: [],
				...(remembered
					? {checklistReading: {ledger: {...remembered, time: clock.now()}, readAt: undefined}}
					: {}),
			});
			return isPassing(error) ? Math.min(checklistMs * 2 ** failures, longestPauseMs) : undefined;
		}
	};

	const nap = async (ms: number | undefined, signal: AbortSignal): Promise<void> => {
		const wake = new AbortController();
		napping = wake;
		const either = AbortSignal.any([signal, wake.signal]);
		try {
			if (ms === undefined) await aborted(either);
			else await clock.wait(ms, either);
		} catch (error) {
			if (!hasCode(error, 'cancelled')) throw error;
		}
	};

	const poll = async (tested: Environment, signal: AbortSignal): Promise<void> => {
		let failures = 0;
		while (!signal.aborted) {
			const ms = await look(tested, failures, signal);
			failures = store.getState().checklistProblem ? failures + 1 : 0;
			if (!signal.aborted) await nap(ms, signal);
		}
	};

	/** Looks as long as the screen is open. */
	const follow = (): void => {
		const isOpen = store.getState().screen === 'checklist' && !stopping.signal.aborted;
		if (!isOpen) {
			polling?.abort();
			if (polling && environment) leave(environment);
			polling = undefined;
			return;
		}
		if (polling || !environment) return;
		polling = new AbortController();
		poll(environment, polling.signal).catch(onFault);
	};

	const lookAgain = (): void => napping?.abort();

	const say = (text: string): void => store.getState().say('attention', text);

	const stateOf = (id: string): ItemState | undefined =>
		selectItemStates(store.getState()).find(({item}) => item.id === id);

	const newId = (): string => `${clock.now().toString(36)}${services.nonce()}${services.nonce()}`;

	const begin = (pending: PendingSignOff): void =>
		change({checklistPending: [...store.getState().checklistPending, pending]});
	const end = (id: string): void =>
		change({checklistPending: store.getState().checklistPending.filter(one => one.id !== id)});

	const tell = (what: string, error: unknown): void => {
		if (stopping.signal.aborted) return;
		if (!(error instanceof DeployError)) onFault(error);
		const {why, next} = problemOf(error);
		const now =
			isSilence(error) && !hasCode(error, 'unreachable')
				? 'Whether it was recorded shows when the host answers.'
				: 'Nothing was recorded.';
		store.getState().say('danger', `${what}: ${why}. ${now} ${next}`);
	};

	/** Appends a finding; until the ledger is read with it in, it shows as being recorded. */
	const append = async (
		pending: PendingSignOff,
		finding: Finding,
		{seen, seenBuilds}: {readonly seen: ItemState; readonly seenBuilds: PairDigests},
	): Promise<void> => {
		if (!environment) return;
		try {
			await signItem(services, {
				environment,
				checklists,
				finding: {...finding, id: pending.id},
				seen,
				seenBuilds,
			});
		} catch (error) {
			const isKept =
				isSilence(error) && (await keep(environment, {...finding, id: pending.id}, {seen, seenBuilds}));
			end(pending.id);
			if (!isKept) tell(`${seen.item.title} is not signed`, error);
		} finally {
			lookAgain();
		}
	};

	/** Keeps a finding until the host answers; answers with whether it could. */
	const keep = async (
		tested: Environment,
		finding: Finding & {readonly id: string},
		sight: {readonly seen: ItemState; readonly seenBuilds: PairDigests},
	): Promise<boolean> => {
		if (!outbox) return false;
		try {
			const about = {environment: tested, checklists, finding, ...sight, signedAt: clock.now()};
			keepLate(outbox, tested, await lateSignOff(services, about));
		} catch (error) {
			onFault(error);
			return false;
		}
		showWaiting();
		say(`${tested.title} does not answer: ${sight.seen.item.title} waits here and is sent when it does.`);
		return true;
	};

	/** Records an answer and goes on to the next open item. */
	const record = (ask: ChecklistAsk, finding: Finding): void => {
		const state = store.getState();
		const {item, seen, seenBuilds, isRetest} = ask;
		const id = newId();
		answeredAt = clock.now();
		answered.push(item);
		begin({id, item, what: 'recording', result: finding.result, since: clock.now()});
		const next = selectNextOpen(store.getState(), item);
		change({checklistAsk: undefined, ...(next === undefined ? {} : {checklistSelected: next, checklistScroll: 0})});
		if (state.checklistPanel === 'detail') change({checklistPanel: 'items'});
		const pending = {id, item, what: 'recording', result: finding.result, since: answeredAt} as const;
		append(pending, isRetest ? {...finding, retest: true} : finding, {seen, seenBuilds}).catch(onFault);
	};

	/** Asks for what the result needs; a tick needs nothing. */
	const ask = (
		result: Result,
		{item, seen, seenBuilds, isRetest}: Pick<ChecklistAsk, 'item' | 'seen' | 'seenBuilds' | 'isRetest'>,
	): void => {
		const common = {item, seen, seenBuilds, isRetest};
		if (result !== 'passed') return change({checklistAsk: {...common, kind: 'note', result, typed: ''}});
		const value = {...common, kind: 'value', result, typed: ''} as const;
		if (seen.item.answer.kind === 'tick') record(value, {item, result});
		else change({checklistAsk: value});
	};

	/** What is about to be answered, as the person sees it now. Says why when it can't be. */
	const aimAt = (id: string): Pick<ChecklistAsk, 'item' | 'seen' | 'seenBuilds' | 'isRetest'> | undefined => {
		const state = store.getState();
		const seen = stateOf(id);
		const refusal = refuseSigning(state, seen);
		if (refusal === undefined && seen)
			return {item: id, seen, seenBuilds: selectLiveBuilds(state), isRetest: false};
		say(`Not signed: ${refusal ?? 'no such item'}.`);
		return undefined;
	};

	const probe = (aim: Pick<ChecklistAsk, 'item' | 'seen' | 'seenBuilds' | 'isRetest'>): void => {
		const {item} = aim.seen;
		if (!environment || !item.probe) return;
		const asked = {...item, probe: item.probe};
		const pending: PendingSignOff = {
			id: newId(),
			item: item.id,
			what: 'probing',
			result: undefined,
			since: clock.now(),
		};
		begin(pending);
		const perform = async (): Promise<void> => {
			const found = await runItemProbe(services, environment, asked, stopping.signal);
			if (stopping.signal.aborted) return end(pending.id);
			const finding = findingOf(found);
			const refusal = refuseResult(item, {result: finding.result, value: finding.value, note: finding.note});
			if (refusal !== undefined) {
				end(pending.id);
				return say(`The probe saw ${found.text}. ${item.title}: ${refusal}; write it down with p.`);
			}
			const stands = aim.seen.state;
			const isWorse = (stands === 'failed' || stands === 'unclear') && stands !== finding.result;
			const recording: PendingSignOff = {...pending, what: 'recording', result: finding.result};
			end(pending.id);
			begin(recording);
			await append(recording, isWorse ? {...finding, retest: true} : finding, aim);
			store
				.getState()
				.say(
					found.outcome === 'passed' ? 'success' : 'attention',
					`${item.title}: ${found.outcome}, ${found.text}`,
				);
		};
		perform().catch(error => {
			end(pending.id);
			onFault(error);
		});
	};

	const drop = (tested: Environment, kept: SignOffOutbox, late: string, title: string): void => {
		try {
			dropLate(kept, tested, late);
			say(`${title}: the answer that waited is taken back.`);
		} catch (error) {
			store.getState().say('danger', `${title} is not taken back: ${problemOf(error).why}`);
		}
		showWaiting();
	};

	const undo = async (tested: Environment, one: ItemState): Promise<void> => {
		const {item} = one;
		const pending = {id: newId(), item: item.id, what: 'undoing', result: undefined, since: clock.now()} as const;
		begin(pending);
		try {
			await undoSignOff(services, {environment: tested, checklists, item: item.id, id: pending.id});
			const at = answered.lastIndexOf(item.id);
			if (at >= 0) answered.splice(at, 1);
		} catch (error) {
			end(pending.id);
			tell(`${item.title} is not taken back`, error);
		} finally {
			lookAgain();
		}
	};

	const asMarkdown = async (): Promise<void> => {
		const {checklistReading} = store.getState();
		if (!environment || !checklistReading) return say('Not exported: the checklist is not read yet.');
		const {ledger} = checklistReading;
		const reading = {environment, ledger, items: selectItemStates(store.getState())};
		const stamp = new Date(ledger.time).toISOString().replaceAll(/[-:]|\.\d+/g, '');
		const name = `checklist-${environment.name}-${stamp}.md`;
		try {
			const path = await files.write(name, exportChecklist(reading, {checklists, format: 'markdown'}));
			store.getState().say('success', `Written to ${path}`);
		} catch (error) {
			store.getState().say('danger', `Not exported: ${problemOf(error).why}`);
		}
	};

	return {
		start: () => {
			change({checklistEnvironment: environment});
			showWaiting();
			unsubscribe.push(
				store.subscribe((state, before) => {
					if (state.screen !== before.screen) follow();
				}),
			);
			// What waits is sent whichever screen is open.
			if (environment)
				unsubscribe.push(
					services.sessions.session(primaryHost(environment)).subscribe(({state}) => {
						if (state === 'ready') flush();
					}),
				);
			follow();
		},
		stop: async () => {
			stopping.abort();
			for (const end of unsubscribe) end();
			follow();
			await Promise.all([sending, leaving]);
		},
		refresh: lookAgain,
		openChecklist: at => {
			if (at) {
				store.setState({app: at.app});
				change({
					checklistSelected: at.item,
					isOnlyOpen: at.isOnlyOpen,
					checklistFilter: '',
					isFilteringChecklist: false,
					checklistAsk: undefined,
					checklistPanel: 'items',
					checklistScroll: 0,
				});
			}
			store.getState().show('checklist');
			lookAgain();
		},
		signItem: (id, result) => {
			const now = clock.now();
			const isTooQuick = now - answeredAt < leastLookMs;
			if (isTooQuick) {
				// A key that is held down goes on being too quick.
				answeredAt = now;
				return say(`Not signed: read ${selectItem(store.getState())?.item.title ?? 'it'} first.`);
			}
			const aim = aimAt(id);
			if (!aim) return;
			const {item, state, signOff} = aim.seen;
			if (result === 'not-applicable' && !item.mayNotApply)
				return say(`${item.title}: not applicable is no answer, it always applies.`);
			const stands = state === 'failed' || state === 'unclear';
			if (stands && signOff && result !== state && result !== 'failed')
				return change({checklistAsk: {...aim, isRetest: true, kind: 'retest', result}});
			ask(result, {...aim, isRetest: stands && result !== state});
		},
		giveAnswer: () => {
			const {checklistAsk} = store.getState();
			if (!checklistAsk) return;
			if (checklistAsk.kind === 'retest') {
				change({checklistAsk: undefined});
				if (checklistAsk.result === 'probe') probe(checklistAsk);
				else ask(checklistAsk.result, checklistAsk);
				return;
			}
			const {item, seen, result, typed, kind} = checklistAsk;
			const said = kind === 'value' ? {value: valueOf(seen, typed)} : {note: typed.trim()};
			const refusal = refuseResult(seen.item, {result, ...said});
			if (refusal === undefined) record(checklistAsk, {item, result, ...said});
			else say(`Not recorded as ${words[result]}: ${refusal}.`);
		},
		undoItem: id => {
			const state = store.getState();
			const one = stateOf(id);
			if (!environment || !one) return;
			const refusal = refuseChange(state, one);
			if (refusal !== undefined) return say(`Not taken back: ${refusal}.`);
			const late = waitingOn(state, id);
			if (late && outbox) return drop(environment, outbox, late.id, one.item.title);
			if (selectOwn(state, one)) return void undo(environment, one).catch(onFault);
			const last = answered.findLast(item => item !== id);
			const back = last === undefined ? undefined : stateOf(last);
			if (!back) return say(`Nothing of yours stands on ${one.item.title}.`);
			// What is highlighted is what a key acts on: the first press only leads there.
			change({checklistSelected: back.item.id, checklistScroll: 0});
			say(`Nothing of yours stands there. u again takes back your answer on ${back.item.title}.`);
		},
		runItemProbe: id => {
			const aim = aimAt(id);
			if (!aim) return;
			const {item, state, signOff} = aim.seen;
			if (!item.probe) return say(`${item.title} has no probe: it takes a person.`);
			const isPersons = (state === 'failed' || state === 'unclear') && signOff?.by === 'person';
			if (isPersons) change({checklistAsk: {...aim, isRetest: true, kind: 'retest', result: 'probe'}});
			else probe(aim);
		},
		exportChecklist: () => void asMarkdown().catch(onFault),
	};
};

const aborted = (signal: AbortSignal): Promise<void> =>
	new Promise(resolve => {
		if (signal.aborted) resolve();
		else signal.addEventListener('abort', () => resolve(), {once: true});
	});

/** What was typed; of a choice its number stands for it. */
const valueOf = ({item: {answer}}: ItemState, typed: string): string => {
	const said = typed.trim();
	return answer.kind === 'choice' && /^\d+$/.test(said) ? (answer.options[Number(said) - 1] ?? said) : said;
};
