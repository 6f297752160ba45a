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

/** Parts of a name that speak of a secret now and then: too often of a setting for a template to be refused by them. */
const secretPart =
	/(?:^|_)(?:pass|pw|pin|salt|pepper|jwt|dsn|webhooks?|creds?|licen[cs]es?|o?auth\d?|private|signing|signature|certs?|certificates?|hash_?ids?|login|otp)(?:_|$)/i;
/** Values that are none of a setting, under any name: addresses that let in whoever has them, and what nobody types. */
const closedShapes = [
	/\beyJ[\w-]{10}/,
	/:\/\/[^\s/?#]*@/,
	/:\/\/hooks\.|webhook/i,
	/[?&;](?:sig|sign|signature|token|key|secret|code|password|auth)=[^&;]/i,
	/private_key|-----BEGIN /i,
	/\b[\da-f]{32,}\b/i,
	/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/i,
	/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z\d+][A-Za-z\d+/]{30,}={0,2}$/,
];

/** A piece of text nobody types: capitals, small letters and digits in one, or small letters full of digits. */
const isDense = (text: string): boolean =>
	[...text.matchAll(/[A-Za-z\d]{20,}/g)].some(
		([piece]) =>
			(/[a-z]/.test(piece) && /[A-Z]/.test(piece) && /\d/.test(piece)) ||
			(piece.length >= 28 && piece.replaceAll(/\D/g, '').length >= 5),
	);

/**
 * Whether an entry holds what must stay unknown, by its name or by its shape, so that no template may have it written
 * out.
 */
export const looksSecret = ({key, value}: Pick<EnvEntry, 'key' | 'value'>): boolean => {
	const rest = withoutReferences(value).trim();
	if (secretShapes.some(shape => shape.test(rest))) return true;
	if (!secretName.test(key) || isHarmless(rest)) return false;
	// TOKEN_LIFETIME=60 is a setting; DB_PASSWORD=60 is a bad password, but a password.
	return secretAtEnd.test(key) || !/^\d{1,6}$/.test(rest);
};

/** The wider rule, of what is not shown: it rather keeps a setting to itself than shows a secret. */
export const mayBeSecret = ({key, value}: Pick<EnvEntry, 'key' | 'value'>): boolean => {
	if (looksSecret({key, value})) return true;
	const rest = withoutReferences(value).trim();
	if (isHarmless(rest)) return false;
	return secretPart.test(key) || closedShapes.some(shape => shape.test(rest)) || isDense(rest);
};
