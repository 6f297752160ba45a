import type {CockpitController} from '../../../src/control/controller.ts';
import {type CockpitStore, createCockpitStore} from '../../../src/store/create-store.ts';
import {OutputRing} from '../../../src/store/runs/output-ring.ts';

/** 10 February 2026, 11:20 in Kolkata: the moment all pictures show. */
export const storyTime = Date.parse('2026-02-10T05:50:00Z');

/** A store with three environments nobody has asked yet. */
export const quietStore = (): CockpitStore =>
	createCockpitStore({
		project: 'qsights',
		now: storyTime,
		environments: (['local', 'preprod', 'production'] as const).map(tier => ({
			name: tier,
			title: {local: 'Local', preprod: 'Pre-Prod', production: 'Production'}[tier],
			tier,
			timeZone: 'Asia/Kolkata',
			status: undefined,
			readAt: undefined,
		})),
	});

/** A controller that does nothing but what it is given. */
export const quietController = (parts: Partial<CockpitController> = {}): CockpitController => ({
	start: () => undefined,
	stop: async () => undefined,
	refresh: () => undefined,
	review: () => undefined,
	goOn: () => undefined,
	approve: () => undefined,
	confirm: () => undefined,
	openRollback: () => undefined,
	confirmRollback: () => undefined,
	openBackups: () => undefined,
	refreshBackups: () => undefined,
	verifyBackup: () => undefined,
	pinBackup: () => undefined,
	compareBackup: () => undefined,
	openHistory: () => undefined,
	verifyHistory: () => undefined,
	openRunLog: () => undefined,
	exportHistory: () => undefined,
	openChecklist: () => undefined,
	signItem: () => undefined,
	giveAnswer: () => undefined,
	undoItem: () => undefined,
	runItemProbe: () => undefined,
	exportChecklist: () => undefined,
	answerPrompt: () => undefined,
	cancelRun: () => undefined,
	leaveRun: () => undefined,
	resume: () => undefined,
	reconnect: () => undefined,
	output: new OutputRing(),
	...parts,
});
