import type {HookPort} from '../../src/domain/ports.ts';

/** For runs without hooks: asking for one is a fault of the test. */
export const noHooks: HookPort = {
	whyNot: () => {
		throw new TypeError('there is no hook here');
	},
	run: () => {
		throw new TypeError('no hook is run here');
	},
};
