import fc from 'fast-check';
import {expect, test} from 'vitest';
import {parseManifest, renderManifest} from '../../../src/domain/runs/pipeline.ts';
import {anyCharacter} from '../../support/any-character.ts';

const entry = fc.record({
	path: fc.string({unit: anyCharacter, minLength: 1, maxLength: 30}).filter(path => !path.includes('\0')),
	mode: fc.constantFrom('100644', '100755', '120000'),
	sha256: fc.stringMatching(/^[\da-f]{64}$/),
	sizeBytes: fc.constant(1),
});

test('manifest: what was rendered is what is read, whatever the paths', () => {
	fc.assert(
		fc.property(fc.uniqueArray(entry, {selector: ({path}) => path}), entries => {
			const expected = new Map(entries.map(({path, mode, sha256}) => [path, {mode, sha256}]));
			expect(parseManifest(renderManifest(entries))).toEqual(expected);
		}),
	);
});

test('manifest: cut anywhere but between two entries, it is not read at all', () => {
	fc.assert(
		fc.property(fc.array(entry, {minLength: 1, maxLength: 3}), fc.nat(), (entries, at) => {
			const text = renderManifest(entries);
			const cut = text.slice(0, at % text.length);
			if (cut === '' || cut.endsWith('\0')) return;
			expect(parseManifest(cut)).toBeUndefined();
		}),
	);
});

test.each([
	['an unknown mode', `100600 ${'a'.repeat(64)} x\0`],
	['a short digest', `100644 ${'a'.repeat(63)} x\0`],
	['upper case', `100644 ${'A'.repeat(64)} x\0`],
	['no path', `100644 ${'a'.repeat(64)} \0`],
	['an error message', 'cat: Permission denied\n'],
	['an empty record', '\0'],
])('manifest: %s is refused', (_, text) => {
	expect(parseManifest(text)).toBeUndefined();
});
