import type {EnvEntry} from './env-file.ts';

/** `${secret:preprod/db-password}` for what must stay unknown, `${value:preprod/db-name}` for what is yours to set. */
const reference = /\$\{(secret|value):[a-z][a-z0-9-]*\/[a-z0-9][a-z0-9-]*\}/g;
/** `${OTHER_KEY}`, which Laravel and Next fill in themselves. */
const interpolation = /\$\{[A-Za-z_]\w*\}/g;
const secretName = /pass(?:word|wd|phrase)|secret|token|key|credential|(?:^|_)pwd(?:_|$)/i;
const secretAtEnd = /(?:pass(?:word|wd|phrase)|secret|token|key|credentials?|pwd)$/i;
const harmless = /^(?:null|true|false|empty|\((?:null|true|false|empty)\))?$/i;
/** Values that give themselves away under any name. */
const secretShapes = [
	/^base64:[A-Za-z0-9+/]{20}/,
	/-----BEGIN [A-Z ]*PRIVATE KEY/,
	/\bA(?:KIA|SIA)[A-Z0-9]{16}\b/,
	/\b(?:gh[opsu]_|github_pat_|glpat-|xox[abprs]-|[rs]k_live_)[\w-]{10}/,
	/:\/\/[^\s/:@]*:[^\s/@]+@/,
];

/** What of a value of a template is written out. */
export const withoutReferences = (value: string): string =>
	value.replaceAll(reference, '').replaceAll(interpolation, '');

/** What a value of a template leaves to whoever runs the app; of both the secret counts. Undefined: nothing. */
export const referenceIn = (value: string): 'secret' | 'value' | undefined => {
	const kinds = [...value.matchAll(reference)].map(([, kind]) => kind);
	return kinds.includes('secret') ? 'secret' : kinds.length > 0 ? 'value' : undefined;
};

/** Says nothing that has to be kept, under whatever name. */
export const isHarmless = (value: string): boolean => harmless.test(value.trim());

/** Whether an entry holds what must stay unknown, by its name or by its shape: the one rule for files and screens. */
export const looksSecret = ({key, value}: Pick<EnvEntry, 'key' | 'value'>): boolean => {
	const rest = withoutReferences(value).trim();
	if (secretShapes.some(shape => shape.test(rest))) return true;
	if (!secretName.test(key) || isHarmless(rest)) return false;
	// TOKEN_LIFETIME=60 is a setting; DB_PASSWORD=60 is a bad password, but a password.
	return secretAtEnd.test(key) || !/^\d{1,6}$/.test(rest);
};
