import {buildProduct} from '../../../scripts/build.ts';
import {bundle} from '../tui/bundle.ts';
import type {TestProject} from 'vitest/node';

declare module 'vitest' {
	export interface ProvidedContext {
		/** The cockpit on a stage without hosts, bundled: `stage.mjs PLAY LOG`. */
		stage: string;
	}
}

type Stage = Awaited<ReturnType<typeof bundle>>;

/** Where the projects of one run find each other's: each loads this module anew. */
const shared = globalThis as typeof globalThis & {cockpitStage?: Promise<Stage>};

const buildAll = async (): Promise<Stage> => {
	const [stage] = await Promise.all([bundle(new URL('../tui/stage.ts', import.meta.url).pathname), buildProduct()]);
	return stage;
};

/** Builds the product and its stage once for all kinds of tests that run them. */
export default async ({provide}: TestProject): Promise<() => Promise<void>> => {
	shared.cockpitStage ??= buildAll();
	const stage = await shared.cockpitStage;
	provide('stage', stage.file);
	return async () => stage[Symbol.asyncDispose]();
};
