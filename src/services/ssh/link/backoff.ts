/** Pause before attempt `attempt + 1`: 100 ms, doubled each time up to 10 s; `random` in [0, 1) takes off up to half. */
export const backoffMs = (attempt: number, random: number): number =>
	Math.min(100 * 2 ** (attempt - 1), 10_000) * (1 - random / 2);
