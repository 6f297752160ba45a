import {mkdir, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';

/** Numbers in [0, 1) that follow from the seed alone. Source: mulberry32, public domain. */
const numbersFrom = (seed: number): (() => number) => {
	let state = seed;
	return () => {
		state = (state + 0x6d_2b_79_f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
};

type File = {readonly path: string; readonly content: Uint8Array};

const pick = (next: () => number, below: number): number => Math.floor(next() * below);

const words = (() => {
	const next = numbersFrom(1);
	const letter = (): string => 'etaoinshrdlucmfwypvbgk'[pick(next, 22)] ?? '';
	return Array.from({length: 1800}, () => Array.from({length: 2 + pick(next, 10)}, letter).join(''));
})();

const line = (next: () => number): string => {
	const word = (): string => words[pick(next, words.length)] ?? '';
	return `\t\t$${word()} = $this->${word()}->${word()}('${word()}', ${pick(next, 99_999)}); // ${word()} ${word()}\n`;
};

/** A class that composer's autoloader can find; compresses to about a third, as code does. */
const phpClass = (index: number, next: () => number): File => {
	const name = `Class${index}`;
	const group = `D${index % 60}`;
	const lines = Array.from({length: 20 + pick(next, 140)}, () => line(next));
	const text = `<?php\n\nnamespace App\\Domain\\${group};\n\nclass ${name}\n{\n\tpublic function run()\n\t{\n${lines.join('')}\t}\n}\n`;
	return {path: `app/Domain/${group}/${name}.php`, content: Buffer.from(text)};
};

/** A picture, as far as compression is concerned. */
const picture = (index: number, next: () => number): File => {
	const content = new Uint8Array(10_000 + pick(next, 70_000));
	for (let at = 0; at < content.length; at++) content[at] = pick(next, 256);
	return {path: `public/assets/${index % 20}/${index}.webp`, content};
};

/** The same index and edition give the same bytes on every machine. */
const fileAt = (index: number, edition: number): File => {
	const next = numbersFrom(index * 2 + edition);
	return index % 10 === 9 ? picture(index, next) : phpClass(index, next);
};

/** How often in 100 files, spread evenly: 5 changed, 1 removed, 1 added. */
const isChanged = (index: number): boolean => index % 20 === 7;
const isRemoved = (index: number): boolean => index % 100 === 50;

/**
 * Adds a Laravel-like tree to the app in `backend`, 6,000 files and about 60 MB times `scale`, nine in ten of them
 * PHP classes. `v2` follows `v1`: 5 % of the files changed, 1 % added, 1 % removed. Answers with the number of files.
 */
export const writeTree = async (backend: string, version: 'v1' | 'v2', scale: number): Promise<number> => {
	const count = Math.round(6000 * scale);
	const put = async ({path, content}: File): Promise<void> => {
		await mkdir(dirname(join(backend, path)), {recursive: true});
		await writeFile(join(backend, path), content);
	};
	for (let index = 0; index < count; index++) {
		if (version === 'v1') await put(fileAt(index, 0));
		else if (isChanged(index)) await put(fileAt(index, 1));
		else if (isRemoved(index)) {
			await rm(join(backend, fileAt(index, 0).path));
			await put(fileAt(count + index, 0));
		}
	}
	return count;
};
