import {isDeep} from '../../support/depth.ts';

/** Draws from a seed: the same seed draws the same. */
export type Random = {
	/** From `least` to `most`, both included. */
	readonly whole: (least: number, most: number) => number;
	readonly share: () => number;
	/** True in `share` of all draws. */
	readonly chance: (share: number) => boolean;
	readonly pick: <Value>(from: readonly [Value, ...Value[]]) => Value;
	/** Members that were drawn, each with the same chance. */
	readonly some: <Value>(from: readonly Value[], share: number) => Value[];
};

/** Mulberry32: short, and even enough for histories. */
export const randomFrom = (seed: number): Random => {
	let state = seed | 0;
	const share = (): number => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
	const whole = (least: number, most: number): number => least + Math.floor(share() * (most - least + 1));
	const chance = (wanted: number): boolean => share() < wanted;
	return {
		whole,
		share,
		chance,
		pick: from => from[whole(0, from.length - 1)] ?? from[0],
		some: (from, wanted) => from.filter(() => chance(wanted)),
	};
};

/** Seed of a run: a fixed one, so that a failure comes again; `ORACLE_SEED` looks elsewhere. */
export const baseSeed = Number(process.env['ORACLE_SEED'] ?? 20_260_210);

/** Histories of a property: so many in the full depth, a twentieth of them otherwise; `ORACLE_TIMES` multiplies them. */
export const times = (count: number): number =>
	Math.round((isDeep ? count : count / 20) * Number(process.env['ORACLE_TIMES'] ?? 1));

/** Seed of one history: far from that of the one before. */
export const seedOf = (index: number): number => Math.imul(baseSeed + index, 0x9e3779b1);
