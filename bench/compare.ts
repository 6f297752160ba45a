/** Milliseconds by row: most ways fill one, some take themselves apart into several. */
export type Times = Readonly<Record<string, number>>;

export type Way = {
	readonly name: string;
	/** Brings things to where the way starts from; not timed. */
	readonly prepare?: () => Promise<void>;
	/** Does the work once. Answers with times of its own, else the whole call is timed under the name of the way. */
	readonly run: () => Promise<Times | void>;
};

export type Spread = {readonly min: number; readonly median: number; readonly max: number};

export type Row = {
	readonly section: string;
	readonly case: string;
	readonly rttMs: number;
	readonly way: string;
	readonly rounds: number;
	readonly ms: Spread;
	/** Against the reference within one round, then spread over rounds. Absent without a reference. */
	readonly ratio?: Spread;
	/** Load average of the last minute when the row was finished. */
	readonly load: number;
};

/** Samples in order of rounds, by row. */
export type Samples = ReadonlyMap<string, readonly number[]>;

const timed = async ({name, run}: Way): Promise<Times> => {
	const begun = performance.now();
	const times = await run();
	return times ?? {[name]: performance.now() - begun};
};

/**
 * Does all ways side by side, so that a neighbour who takes the processor takes it from each. Every round starts with
 * another way. `discard`: rounds that go first and are thrown away; default 1.
 */
export const interleave = async (ways: readonly Way[], rounds: number, discard = 1): Promise<Samples> => {
	const samples = new Map<string, number[]>();
	for (let round = -discard; round < rounds; round++) {
		const first = (round + discard) % ways.length;
		for (const way of [...ways.slice(first), ...ways.slice(0, first)]) {
			await way.prepare?.();
			const times = await timed(way);
			if (round < 0) continue;
			for (const [row, ms] of Object.entries(times)) samples.set(row, [...(samples.get(row) ?? []), ms]);
		}
	}
	return samples;
};

export const spread = (values: readonly number[]): Spread => {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = (sorted.length - 1) / 2;
	const [low = NaN, high = NaN] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
	return {min: sorted[0] ?? NaN, median: (low + high) / 2, max: sorted.at(-1) ?? NaN};
};

/** Rows of one comparison; `reference` is the way the others are measured by. */
export const rowsOf = (
	samples: Samples,
	about: Pick<Row, 'section' | 'case' | 'rttMs' | 'load'> & {readonly reference: string},
): Row[] => {
	const {reference, ...rest} = about;
	const base = samples.get(reference);
	return [...samples].map(([way, values]) => ({
		...rest,
		way,
		rounds: values.length,
		ms: spread(values),
		...(base ? {ratio: spread(values.map((value, round) => value / (base[round] ?? NaN)))} : {}),
	}));
};
