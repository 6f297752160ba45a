/** Number of single-character edits between two words; two neighbours that changed places count as one. */
const distance = (a: string, b: string): number => {
	const rows: number[][] = [Array.from({length: b.length + 1}, (_, index) => index)];
	const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
	for (let row = 1; row <= a.length; row++) {
		rows[row] = [row];
		for (let column = 1; column <= b.length; column++) {
			const isSame = a[row - 1] === b[column - 1];
			const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
			rows[row]?.push(
				Math.min(
					at(row - 1, column - 1) + (isSame ? 0 : 1),
					at(row - 1, column) + 1,
					at(row, column - 1) + 1,
					isSwapped ? at(row - 2, column - 2) + 1 : Infinity,
				),
			);
		}
	}
	return at(a.length, b.length);
};

/** `Tuesday` for `Tue`, `prod` for `production`. */
const abbreviates = (a: string, b: string): boolean => a.length >= 3 && b.startsWith(a);

/** The known word somebody most likely meant, or undefined when none is near: at most a third of it differs. */
export const didYouMean = (word: string, known: readonly string[]): string | undefined => {
	// A word far longer than any known one cannot be a slip of the finger, and would cost time to compare.
	if (word.length > 60) return undefined;
	const typed = word.toLowerCase();
	const [best] = known
		.map(candidate => ({candidate, edits: distance(typed, candidate.toLowerCase())}))
		.sort((a, b) => a.edits - b.edits);
	if (best && best.edits <= Math.max(1, Math.floor(best.candidate.length / 3))) return best.candidate;
	const [only, ...others] = known.filter(
		candidate => abbreviates(candidate.toLowerCase(), typed) || abbreviates(typed, candidate.toLowerCase()),
	);
	return others.length === 0 ? only : undefined;
};
