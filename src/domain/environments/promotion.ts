import type {Environment} from './environment.ts';

/** An environment and the one it is promoted from. */
export type Promotion = {readonly from: Environment; readonly to: Environment};

/** Where the evidence for an environment is. Undefined when it is promoted from none that has hosts. */
export const promotionTo = (environments: readonly Environment[], to: Environment): Promotion | undefined => {
	const from = environments.find(({name}) => name === to.promotedFrom);
	return from && from.hosts.length > 0 && to.hosts.length > 0 ? {from, to} : undefined;
};
