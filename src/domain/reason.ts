/** Least characters of a reason for going by the emergency profile: it is kept on the ledger, and reviewed. */
export const leastEmergencyReason = 10;

/** Nothing of these is seen, or says anything by itself. */
const unseen = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

const leastWords = 3;

/**
 * Why a reason says too little to be kept, for people; undefined when it is one. What is not seen is not counted, and
 * what begins as an option does was meant as one. `least`: characters that are seen.
 */
export const reasonRefusal = (reason: string, least = leastWords): string | undefined => {
	const seen = reason.replaceAll(unseen, '').trim();
	if (/[\p{Cc}\u2028\u2029]/u.test(reason.trim())) return 'a reason is one line of text';
	if (reason.trim().startsWith('-'))
		return `${JSON.stringify(reason.trim())} looks like an option, not like a reason`;
	const isSaying = (seen.match(/[\p{L}\p{N}]/gu) ?? []).length >= leastWords;
	return isSaying && Array.from(seen).length >= least
		? undefined
		: `say why in at least ${least} characters, ${leastWords} of them letters or figures; what is not seen does not count`;
};
