import type {CockpitStore} from '../../../src/store/create-store.ts';

/** Makes one of the stages by its name. Throws where there is none. */
export const stageNamed =
	(stages: Readonly<Record<string, () => CockpitStore>>) =>
	(name: string): CockpitStore => {
		const make = stages[name];
		if (!make) throw new Error(`no stage ${name}`);
		return make();
	};
