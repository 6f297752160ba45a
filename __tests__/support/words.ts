/**
 * The words of a line as `sh` splits it, for lines of plain and quoted words alone. Throws Error for anything that a
 * shell would read as more than a word: it shows what was not quoted.
 */
export const wordsOf = (line: string): readonly string[] => {
	const words: string[] = [];
	let rest = line;
	while (rest !== '') {
		const [word] = /^(?:'[^']*'|\\'|[\w@+:,./-])+(?= |$)/.exec(rest) ?? [];
		if (word === undefined) throw new Error(`not one word: ${rest.slice(0, 80)}`);
		words.push(word.replaceAll(/'([^']*)'|\\(')/g, (_, quoted: string | undefined, mark) => quoted ?? mark));
		rest = rest.slice(word.length).replace(/^ /, '');
	}
	return words;
};
