import type {BuildPort} from '../../src/domain/ports.ts';

const unexpected = (): never => {
	throw new TypeError('nothing is built here');
};

/** For runs that build nothing: asking for a build is a fault of the test. */
export const noBuilds: BuildPort = {build: unexpected, find: unexpected, tar: unexpected};
