import {isDeep} from '../depth.ts';
import {faults, type Fault, type Point} from './faults.ts';
import type {Cell} from './cell.ts';
import type {Flight} from './pipelines.ts';

/** How much of the matrix is flown. `every`: each fault at each point it can happen at. */
export type Extent = 'sample' | 'full' | 'every';

/** `FAULTS=full`: each fault once in each pipeline, before a line or at a call of a tool; `every`: everywhere. */
export const extentAsked = (): Extent => {
	const asked = process.env['FAULTS'];
	return asked === 'full' || asked === 'every' ? asked : 'sample';
};

/** A generator of whole numbers below `end`; the same for the same seed (mulberry32). */
const numbers = (seed: number) => {
	let state = seed;
	return (end: number): number => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * end);
	};
};

/** Which cells of a flight are flown. `index`: number of the flight, so that samples of two of them differ. */
export const cellsOf = (
	flight: Flight,
	points: readonly Point[],
	{extent, seed, index}: {readonly extent: Extent; readonly seed: number; readonly index: number},
): readonly Cell[] => {
	const draw = numbers(seed + index);
	const drawFrom = (fault: Fault, on: Point['on']): Cell[] => {
		const there = fault.on.includes(on) ? points.filter(point => point.on === on) : [];
		if (extent === 'every') return there.map(point => ({flight, fault, point}));
		const point = there[draw(there.length)];
		return point === undefined ? [] : [{flight, fault, point}];
	};
	const drawn = faults
		.flatMap((fault, row) => {
			const [one, other] = (['line', 'tool'] as const).map(on => drawFrom(fault, on));
			// Once each: before a line here, at a tool there.
			const isHere = (row + index) % 2 === 0;
			const either = isHere ? [one, other] : [other, one];
			const there = extent === 'every' ? either.flat() : (either.find(cells => cells && cells.length > 0) ?? []);
			const fromTheBeginning = fault.rollbackWorks === true && flight.name.startsWith('rollback');
			return [...there, ...(fromTheBeginning ? [{flight, fault, point: undefined}] : [])];
		})
		.filter(cell => cell !== undefined);
	if (extent !== 'sample') return drawn;
	// Other ones of each pipeline.
	const sampleSize = isDeep ? 3 : 1;
	return Array.from({length: sampleSize}, () => drawn[draw(drawn.length)]).filter(cell => cell !== undefined);
};
