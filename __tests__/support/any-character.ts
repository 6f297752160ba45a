import fc from 'fast-check';

const surrogates = {first: 0xd800, count: 0x800} as const;

/**
 * Any character of Unicode but halves of pairs, half of them ASCII, as `unit` of `fc.string`. The unit called "binary"
 * takes a second to be made.
 */
export const anyCharacter = fc
	.oneof(fc.nat(0x7f), fc.nat(0x10_ffff - surrogates.count))
	.map(number => String.fromCodePoint(number < surrogates.first ? number : number + surrogates.count));
