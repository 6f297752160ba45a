import {createHash} from 'node:crypto';

/** sha256 over some texts, lower-case hex; where one ends and the next begins counts. */
export const digestOfTexts = (...parts: readonly string[]): string => {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
	return hash.digest('hex');
};
