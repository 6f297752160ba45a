import type {Environment} from '../../domain/environments/environment.ts';

const rank = {local: 0, preprod: 1, production: 2} as const;

const byTier = (a: Environment, b: Environment): number => rank[a.tier] - rank[b.tier] || a.name.localeCompare(b.name);

/** Each environment after the one it is promoted from; among equals by tier, then by name. Expects no cycle. */
export const inPromotionOrder = (environments: readonly Environment[]): readonly Environment[] => {
	const ordered: Environment[] = [];
	const waiting = environments.toSorted(byTier);
	while (waiting.length > 0) {
		const isNext = ({promotedFrom}: Environment): boolean => !waiting.some(({name}) => name === promotedFrom);
		const next = waiting.splice(waiting.findIndex(isNext), 1);
		ordered.push(...next);
	}
	return ordered;
};
