import type {CockpitController, Parts} from '../../../src/control/controller.ts';
import type {Part} from '../../../src/control/part.ts';
import {type CockpitStore, createCockpitStore} from '../../../src/store/create-store.ts';

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

/** What it is given, and nothing for all else it is asked for. */
const quiet = <Methods extends object>(given: Partial<Methods> = {}): Methods =>
	new Proxy(given as Methods, {get: (methods, name) => Reflect.get(methods, name) ?? (() => undefined)});

/** A controller that does nothing but what it is given. */
export const quietController = ({
	start = () => undefined,
	stop = async () => undefined,
	refresh = () => undefined,
	...parts
}: Partial<Part> & {readonly [Name in keyof Parts]?: Partial<Parts[Name]>} = {}): CockpitController => ({
	start,
	stop,
	refresh,
	overview: quiet(parts.overview),
	evidence: quiet(parts.evidence),
	deploy: quiet(parts.deploy),
	runs: quiet(parts.runs),
	rollback: quiet(parts.rollback),
	backups: quiet(parts.backups),
	health: quiet(parts.health),
	history: quiet(parts.history),
	logs: quiet(parts.logs),
	guides: quiet(parts.guides),
	checklist: quiet(parts.checklist),
	environments: quiet(parts.environments),
});
