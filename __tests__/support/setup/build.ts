import {buildProduct} from '../../../scripts/build.ts';
import {bundle} from '../tui/bundle.ts';
import type {TestProject} from 'vitest/node';

declare module 'vitest' {
	export interface ProvidedContext {
		/** The cockpit on a stage without hosts, bundled: `stage.mjs PLAY LOG`. */
		stage: string;
	}
}

let built: Promise<Awaited<ReturnType<typeof bundle>>> | undefined;

const buildAll = async (): Promise<Awaited<ReturnType<typeof bundle>>> => {
	const [stage] = await Promise.all([bundle(new URL('../tui/stage.ts', import.meta.url).pathname), buildProduct()]);
	return stage;
};

/** Builds the product and its stage once for all kinds of tests that run them. */
export default async ({provide}: TestProject): Promise<() => Promise<void>> => {
	built ??= buildAll();
	const stage = await built;
	provide('stage', stage.file);
	return async () => stage[Symbol.asyncDispose]();
};
