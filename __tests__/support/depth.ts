/** Whether tests go to their full depth, as `npm run test:deep` asks. Otherwise they keep to a fixed seed and budget. */
export const isDeep = process.env['TEST_DEPTH'] === 'deep';

/** The cases of a table that are run at this depth: those marked `deep` in the full one only. */
export const atDepth = <Case extends {readonly deep?: boolean}>(cases: readonly Case[]): readonly Case[] =>
	isDeep ? cases : cases.filter(({deep}) => deep !== true);
