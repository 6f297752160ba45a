import type {AppServices} from '../../app/app-services.ts';
import {exportChecklist} from '../../app/checklist/export-checklist.ts';
import {runItemProbe} from '../../app/checklist/item-probes.ts';
import {signItem, undoSignOff, type Finding} from '../../app/checklist/sign-off.ts';
import {promotionsOf} from '../../app/gates/watch-evidence.ts';
import type {Checklists} from '../../domain/checklist/checklist.ts';
import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import {DeployError, hasCode} from '../../domain/errors.ts';
import type {ProbeResult} from '../../domain/gates/gates.ts';
import type {ExportPort, SignOffOutbox} from '../../domain/ports.ts';
import {refuseResult, type ItemState, type PairDigests, type Result} from '../../domain/checklist/sign-off.ts';
import {
	refuseChange,
	refuseSigning,
	selectItem,
	selectItemStates,
	selectLiveBuilds,
	selectOwn,
	waitingOn,
	type ChecklistAsk,
	type ChecklistPlace,
	type PendingSignOff,
} from '../../store/checklist/checklist.ts';
import {isSilence} from './checklist-errors.ts';
import {createPresence} from './checklist-presence.ts';
import {createChecklistReader} from './checklist-reader.ts';
import type {Part} from '../controller.ts';
import type {CockpitStore} from '../../store/create-store.ts';
import {createLateAnswers} from './late-answers.ts';
import {problemOf} from '../../store/problem-of.ts';

/** The part of the controller that reads and signs the checklist. */
export type ChecklistController = Part & {
	/** Goes to the checklist of what is tested, to what is named of it; it is read as long as it is open. */
	readonly open: (at?: ChecklistPlace) => void;
	/** Records a result on an item, or asks first for what it needs: a value, a note, or that it was tested again. */
	readonly sign: (item: string, result: Result) => void;
	/** Takes what was typed as the answer; says why when it says too little. */
	readonly answer: () => void;
	/** Takes back one's own last result on an item; leads to the last one answered here when there is none on it. */
	readonly undo: (item: string) => void;
	/** Runs the probe of an item and records what it saw. */
	readonly probe: (item: string) => void;
	/** Writes the checklist with its evidence into a file, and says where. */
	readonly export: () => void;
};

/** Answers closer together than this come from a key held down, or are meant for the item before. */
export const leastLookMs = 700;

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
	const unsubscribe: (() => void)[] = [];
	let answeredAt = Number.NEGATIVE_INFINITY;
	/** Items answered here, last one at the end: `u` leads back to them. */
	const answered: string[] = [];

	const say = (text: string): void => store.getState().say('attention', text);

	const stateOf = (id: string): ItemState | undefined =>
		selectItemStates(store.getState()).find(({item}) => item.id === id);

	const newId = (): string => `${clock.now().toString(36)}${services.nonce()}${services.nonce()}`;

	// Actions of the store stay the same ones, whatever the state is.
	const {beginSignOff: begin, endSignOff: end, askBeforeSigning} = store.getState();

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

	const lookAgain = (): void => reader?.lookAgain();
	const late =
		environment && outbox
			? createLateAnswers({
					services,
					environment,
					checklists,
					store,
					outbox,
					signal: stopping.signal,
					tell,
					onSent: lookAgain,
					onFault,
				})
			: undefined;
	const presence = environment && createPresence({services, environment, store, onFault});
	const reader =
		environment &&
		createChecklistReader({
			services,
			environment,
			store,
			stopping: stopping.signal,
			onRead: signal => {
				late?.flush();
				presence?.sayHere(signal).catch(onFault);
			},
			onClosed: () => presence?.leave(),
			onFault,
		});

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
				isSilence(error) && (await late?.keep({...finding, id: pending.id}, {seen, seenBuilds})) === true;
			end(pending.id);
			if (!isKept) tell(`${seen.item.title} is not signed`, error);
		} finally {
			lookAgain();
		}
	};

	/** Records an answer and goes on to the next open item. */
	const record = (ask: ChecklistAsk, finding: Finding): void => {
		const {item, seen, seenBuilds, isRetest} = ask;
		const id = newId();
		answeredAt = clock.now();
		answered.push(item);
		begin({id, item, what: 'recording', result: finding.result, since: clock.now()});
		store.getState().goOnFrom(item);
		const pending = {id, item, what: 'recording', result: finding.result, since: answeredAt} as const;
		append(pending, isRetest ? {...finding, retest: true} : finding, {seen, seenBuilds}).catch(onFault);
	};

	/** Asks for what the result needs; a tick needs nothing. */
	const ask = (
		result: Result,
		{item, seen, seenBuilds, isRetest}: Pick<ChecklistAsk, 'item' | 'seen' | 'seenBuilds' | 'isRetest'>,
	): void => {
		const common = {item, seen, seenBuilds, isRetest};
		if (result !== 'passed') return askBeforeSigning({...common, kind: 'note', result, typed: ''});
		const value = {...common, kind: 'value', result, typed: ''} as const;
		if (seen.item.answer.kind === 'tick') record(value, {item, result});
		else askBeforeSigning(value);
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
			store.getState().testOn(environment);
			late?.show();
			unsubscribe.push(
				store.subscribe((state, before) => {
					if (state.screen !== before.screen) reader?.follow();
				}),
			);
			// What waits is sent whichever screen is open.
			if (environment)
				unsubscribe.push(
					services.sessions.session(primaryHost(environment)).subscribe(({state}) => {
						if (state === 'ready') late?.flush();
					}),
				);
			reader?.follow();
		},
		stop: async () => {
			stopping.abort();
			for (const end of unsubscribe) end();
			reader?.follow();
			await Promise.all([late?.sent(), presence?.left()]);
		},
		refresh: lookAgain,
		open: at => {
			if (at) store.getState().openChecklistAt(at);
			store.getState().show('checklist');
			lookAgain();
		},
		sign: (id, result) => {
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
				return askBeforeSigning({...aim, isRetest: true, kind: 'retest', result});
			ask(result, {...aim, isRetest: stands && result !== state});
		},
		answer: () => {
			const {checklistAsk} = store.getState();
			if (!checklistAsk) return;
			if (checklistAsk.kind === 'retest') {
				store.getState().closeAsk();
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
		undo: id => {
			const state = store.getState();
			const one = stateOf(id);
			if (!environment || !one) return;
			const refusal = refuseChange(state, one);
			if (refusal !== undefined) return say(`Not taken back: ${refusal}.`);
			const waiting = waitingOn(state, id);
			if (waiting && late) return late.drop(waiting.id, one.item.title);
			if (selectOwn(state, one)) return void undo(environment, one).catch(onFault);
			const last = answered.findLast(item => item !== id);
			const back = last === undefined ? undefined : stateOf(last);
			if (!back) return say(`Nothing of yours stands on ${one.item.title}.`);
			// What is highlighted is what a key acts on: the first press only leads there.
			state.pointAt('checklist', back.item.id);
			say(`Nothing of yours stands there. u again takes back your answer on ${back.item.title}.`);
		},
		probe: id => {
			const aim = aimAt(id);
			if (!aim) return;
			const {item, state, signOff} = aim.seen;
			if (!item.probe) return say(`${item.title} has no probe: it takes a person.`);
			const isPersons = (state === 'failed' || state === 'unclear') && signOff?.by === 'person';
			if (isPersons) askBeforeSigning({...aim, isRetest: true, kind: 'retest', result: 'probe'});
			else probe(aim);
		},
		export: () => void asMarkdown().catch(onFault),
	};
};

/** What was typed; of a choice its number stands for it. */
const valueOf = ({item: {answer}}: ItemState, typed: string): string => {
	const said = typed.trim();
	return answer.kind === 'choice' && /^\d+$/.test(said) ? (answer.options[Number(said) - 1] ?? said) : said;
};
