import {promotionsOf} from '../../app/gates/watch-evidence.ts';
import type {Result} from '../../domain/checklist/sign-off.ts';
import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import type {ExportPort, SignOffOutbox} from '../../domain/ports.ts';
import {refuseSigning, type ChecklistPlace} from '../../store/checklist/checklist.ts';
import type {CockpitStore} from '../../store/create-store.ts';
import type {ControlOptions, Part} from '../part.ts';
import {createAnsweredHere} from './answered-here.ts';
import {createPresence} from './checklist-presence.ts';
import {createChecklistReader} from './checklist-reader.ts';
import {createItemProbing} from './item-probing.ts';
import {createHeadLeaver} from './leave-heads.ts';
import {createLateAnswers} from './late-answers.ts';
import {answer, sign} from './sign.ts';
import type {Signing} from './signing.ts';
import {undo} from './undo.ts';
import {writeChecklist} from './write-checklist.ts';

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
	/** Asks the probe of an item again; what it sees is shown and counts when somebody signs with it. */
	readonly probe: (item: string) => void;
	/** Writes the checklist with its evidence into a file, and says where. */
	readonly export: () => void;
};

/** The environment whose checklist decides: the one before the last. */
export const testedEnvironment = (environments: readonly Environment[]): Environment | undefined =>
	promotionsOf(environments).at(-1)?.from;

type ChecklistOptions = ControlOptions & {
	readonly files: ExportPort;
	/** Absent: what can't be recorded at once is refused. */
	readonly outbox?: SignOffOutbox;
};

/**
 * Reads the ledger of the tested environment as long as the checklist is open, and records what people and probes find.
 * Nothing shows as signed that the ledger does not have.
 */
export const createChecklistController = (options: ChecklistOptions): ChecklistController => {
	const environment = testedEnvironment(options.environments);
	return environment ? controllerOn(environment, options) : nothingTested(options.store);
};

const controllerOn = (environment: Environment, {files, outbox, ...options}: ChecklistOptions): ChecklistController => {
	const {services, store, onFault} = options;
	const stopping = new AbortController();
	const context = {...options, environment, ending: stopping.signal};
	const presence = createPresence(context);
	const probing = createItemProbing(context);
	const {lookAgain, follow} = createChecklistReader(context, {
		onOpened: probing.opened,
		onRead: signal => {
			late?.flush();
			probing.askDue();
			presence.sayHere(signal).catch(onFault);
		},
		onClosed: presence.leave,
	});
	const leaveHead = createHeadLeaver(options, environment, stopping.signal);
	const late = outbox && createLateAnswers(context, {outbox, onSent: lookAgain, onRecorded: leaveHead});
	const signing: Signing = {...context, answered: createAnsweredHere(), late, see: probing.see, lookAgain, leaveHead};
	const unsubscribe: (() => void)[] = [];
	return {
		start: () => {
			store.getState().testOn(environment);
			late?.show();
			unsubscribe.push(
				store.subscribe((state, before) => {
					if (state.screen !== before.screen) follow();
				}),
				// What waits is sent whichever screen is open.
				services.sessions.session(primaryHost(environment)).subscribe(({state}) => {
					if (state === 'ready') late?.flush();
				}),
			);
			follow();
		},
		stop: async () => {
			stopping.abort();
			for (const end of unsubscribe) end();
			follow();
			await Promise.all([late?.sent(), presence.left()]);
		},
		refresh: lookAgain,
		open: at => {
			openAt(store, at);
			lookAgain();
		},
		sign: (item, result) => sign(signing, item, result),
		answer: () => answer(signing),
		undo: item => undo(signing, item),
		probe: probing.ask,
		export: () => void writeChecklist(context, files).catch(onFault),
	};
};

const openAt = (store: CockpitStore, at: ChecklistPlace | undefined): void => {
	if (at) store.getState().openChecklistAt(at);
	store.getState().show('checklist');
};

/** Where no environment is tested before another one there is nothing to sign, and the reason to tell. */
const nothingTested = (store: CockpitStore): ChecklistController => {
	const refuse = (): void => {
		const state = store.getState();
		state.say('attention', `Not signed: ${refuseSigning(state, undefined)}.`);
	};
	return {
		start: () => store.getState().testOn(undefined),
		stop: async () => undefined,
		refresh: () => undefined,
		open: at => openAt(store, at),
		sign: refuse,
		answer: () => undefined,
		undo: () => undefined,
		probe: refuse,
		export: () => store.getState().say('attention', 'Not exported: the checklist is not read yet.'),
	};
};
