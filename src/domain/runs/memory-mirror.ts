import type {Mirror} from '../ports.ts';

/** Longest end of an output that is held. */
const heldBytes = 64 * 1024;

/**
 * Stands in for the mirror of a job's output where nothing may, or can, be kept on a disk. `before`: what was received
 * already, of which `end` are the last bytes.
 */
export const memoryMirror = (before: {readonly sizeBytes: number; readonly end: Uint8Array} = none): Mirror => {
	let {sizeBytes, end} = before;
	return {
		get sizeBytes() {
			return sizeBytes;
		},
		append: chunk => {
			sizeBytes += chunk.length;
			const joined = new Uint8Array(end.length + chunk.length);
			joined.set(end);
			joined.set(chunk, end.length);
			end = joined.slice(-heldBytes);
		},
		tail: maxBytes => (maxBytes === 0 ? '' : new TextDecoder().decode(end.subarray(-maxBytes))),
	};
};

const none = {sizeBytes: 0, end: new Uint8Array()};
