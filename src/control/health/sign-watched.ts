import {hasSecret, hiddenWords} from '../../app/own-words.ts';
import {signItem, undoSignOff, type Finding} from '../../app/checklist/sign-off.ts';
import {filledValue, refuseBeside, type Observation} from '../../domain/checklist/observation.ts';
import type {ProbeState} from '../../domain/probes/probe.ts';
import {leastNote, refuseResult, type Result} from '../../domain/checklist/sign-off.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import type {WatchReport} from '../../domain/watch/watch-report.ts';
import type {ChecklistAsk} from '../../store/checklist/checklist.ts';
import {
	isHealthOld,
	pendingItem,
	readingOfItem,
	selectReport,
	itemsOfWatch,
	type WatchItem,
} from '../../store/health/health-places.ts';
import type {WatchAsk} from '../../store/health/health.ts';
import type {AnsweredHere} from '../checklist/answered-here.ts';
import {tellUnrecorded} from '../checklist/checklist-context.ts';
import {environmentCalled, type ControlOptions} from '../part.ts';
import {acceptWatched} from './record-watch.ts';

/** What signing the items of a watch works with. */
export type WatchSigning = ControlOptions & {
	readonly answered: AnsweredHere;
	/** Aborts when the cockpit ends. */
	readonly ending: AbortSignal;
	/** Leaves the head of an environment's ledger on its neighbours, as other sign-offs do. */
	readonly leaveHead: (environment: Environment) => void;
	/** Asks probes and ledger now. */
	readonly wake: () => void;
};

type Aim = {readonly report: WatchReport; readonly found: WatchItem; readonly environment: Environment};

const aimAt = ({store, environments}: WatchSigning, id: string): Aim | undefined => {
	const state = store.getState();
	const report = selectReport(state);
	const found = report && itemsOfWatch(report).find(({state: {item}}) => item.id === id);
	if (!report || !found) return undefined;
	if (pendingItem(state, report.watch.run, id)) {
		state.say('attention', 'Not signed: an answer on it is being recorded.');
		return undefined;
	}
	return {report, found, environment: environmentCalled(environments, report.watch.environment)};
};

const outcomes = {pass: 'passed', fail: 'failed', unclear: 'unclear'} as const;

/** What the probe of an item saw in the last round, and how often since the run it saw what; what is old says nothing. */
const observationOf = ({services, store}: WatchSigning, {report, found}: Aim): Observation | undefined => {
	const {item} = found.state;
	const health = store.getState().healths.find(one => one.environment.name === report.watch.environment);
	const reading = health && readingOfItem(health, item.id);
	if (!item.probe || !reading || isHealthOld(health, services.clock.now())) return undefined;
	const seen = (health.history[reading.probe] ?? []).filter(({at}) => at >= report.watch.startedAt);
	const count = (state: ProbeState): number => seen.filter(one => one.state === state).length;
	return {
		outcome: outcomes[reading.state],
		seen: reading.text,
		text: reading.text,
		tookMs: reading.state === 'pass' && reading.unit === 'ms' ? reading.value : undefined,
		at: reading.at,
		attempts: {passed: count('pass'), failed: count('fail'), unclear: count('unclear')},
	};
};

/** Records a result, or asks first for what it needs. A worse result stands until the item was looked at again. */
export const signWatched = (context: WatchSigning, id: string, result: Result): void => {
	const {services, store, answered} = context;
	if (answered.comesTooSoon(services.clock.now()))
		return store.getState().say('attention', 'Not signed: read the item first.');
	const aim = aimAt(context, id);
	if (!aim) return;
	const {report, found} = aim;
	const {state: seen} = found;
	if (result === 'not-applicable' && !seen.item.mayNotApply)
		return store.getState().say('attention', `${seen.item.title}: not applicable is no answer, it always applies.`);
	const probe = observationOf(context, aim);
	const refusal = seen.item.probe ? refuseBeside(probe, result) : undefined;
	if (refusal !== undefined) return store.getState().say('attention', `Not signed: ${refusal}; r asks again.`);
	const isRetest = (seen.state === 'failed' || seen.state === 'unclear') && seen.state !== result;
	const builds = store.getState().healths.find(one => one.environment === aim.environment)?.builds ?? {};
	const common = {item: id, seen, seenBuilds: builds, isRetest, report, probe};
	if (isRetest && result !== 'failed') store.getState().askAboutWatch({...common, kind: 'retest', result});
	else ask(context, common, result);
};

type Common = Omit<ChecklistAsk, 'kind' | 'result' | 'typed'> & {readonly report: WatchReport};

/** Asks for what the result needs; a tick, and what its probe has measured, need nothing. */
const ask = (context: WatchSigning, common: Common, result: Result): void => {
	const {askAboutWatch} = context.store.getState();
	const {seen, item, probe} = common;
	if (result !== 'passed') {
		const typed = result === 'failed' && probe?.outcome === 'failed' ? `the probe saw ${probe.text}` : '';
		return askAboutWatch({...common, kind: 'note', result, typed});
	}
	const filled = probe && filledValue(seen.item, probe);
	const value = {...common, kind: 'value', result, typed: filled ?? ''} as const;
	if (seen.item.answer.kind !== 'tick' && filled === undefined) return askAboutWatch(value);
	sign(context, value, {item, result, probe, ...(filled === undefined ? {} : {value: filled})});
};

/** Takes what was typed as the answer, or that the item was looked at again. */
export const answerWatch = (context: WatchSigning): void => {
	const {watchAsk: asked, closeWatchAsk, say} = context.store.getState();
	if (!asked) return;
	if (asked.kind === 'accept') {
		if (asked.typed.trim().length < leastNote)
			return say('attention', `Not accepted: a reason of at least ${leastNote} characters is needed.`);
		closeWatchAsk();
		return void acceptWatched(context, asked).catch(context.onFault);
	}
	if (asked.kind === 'retest') {
		closeWatchAsk();
		return ask(context, asked, asked.result);
	}
	const {item, seen, result, typed} = asked;
	const {answer} = seen.item;
	const said = typed.trim();
	const value = answer.kind === 'choice' && /^\d+$/.test(said) ? (answer.options[Number(said) - 1] ?? said) : said;
	const given = asked.kind === 'value' ? {value} : {note: said};
	const refusal = refuseResult(seen.item, {result, ...given});
	if (refusal !== undefined) return say('attention', `Not recorded: ${refusal}.`);
	closeWatchAsk();
	sign(context, asked, {item, result, ...given, probe: asked.probe});
};

type Signed = Exclude<WatchAsk, {readonly kind: 'accept' | 'retest'}>;

const sign = (context: WatchSigning, asked: Signed, finding: Finding): void => {
	const {services, answered, onFault} = context;
	answered.add(finding.item, services.clock.now());
	append(context, asked, asked.isRetest ? {...finding, retest: true} : finding).catch(onFault);
};

/** Appends a finding; until the ledger is read with it in, it shows as being recorded. */
const append = async (context: WatchSigning, asked: Signed, finding: Finding): Promise<void> => {
	const {services, checklists, store, environments, wake} = context;
	const {seen, report} = asked;
	const {run, environment: name} = report.watch;
	const environment = environmentCalled(environments, name);
	const pending = {run, item: finding.item, result: finding.result, known: seen.history.length};
	const {beginWatchItem, endWatchItem} = store.getState();
	beginWatchItem(pending);
	try {
		const builds = Object.keys(asked.seenBuilds).length > 0 ? {seenBuilds: asked.seenBuilds} : {};
		await signItem(services, {environment, checklists, finding, seen, ...builds});
		context.leaveHead(environment);
		if (hasSecret(services, environment, `${finding.value ?? ''}\n${finding.note ?? ''}`))
			store.getState().say('attention', hiddenWords);
	} catch (error) {
		endWatchItem(pending);
		tellUnrecorded({...context, environment}, `${seen.item.title} is not signed`, error);
	} finally {
		wake();
	}
};

/** Takes back one's own last result on an item. */
export const undoWatched = async (context: WatchSigning, id: string): Promise<void> => {
	const {services, checklists, store, wake} = context;
	const aim = aimAt(context, id);
	if (!aim) return;
	const {environment, report, found} = aim;
	const pending = {run: report.watch.run, item: id, result: undefined, known: found.state.history.length};
	store.getState().beginWatchItem(pending);
	try {
		await undoSignOff(services, {environment, checklists, item: id});
		context.leaveHead(environment);
	} catch (error) {
		store.getState().endWatchItem(pending);
		tellUnrecorded({...context, environment}, `${found.state.item.title} is not taken back`, error);
	} finally {
		wake();
	}
};
