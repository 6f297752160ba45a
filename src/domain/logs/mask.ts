/** A text without what nobody may see, and how many values were taken out. */
export type Masked = {readonly text: string; readonly count: number};

const mask = '***';

/** Whether there is anything to look for: most lines have none of it, and are not looked at again. */
const suspicious =
	/@|\/\/|\d[\d -]{11,}\d|[\w-]{12}\.[\w-]{12}|mysql|mariadb|curl|eyJ|AKIA|base64:|PRIVATE KEY|gh[opsur]_|xox|[rs]k_|pass|pwd|secret|token|key|auth|bearer|basic|cookie|session|csrf|credential|signature|otp|pin\b/i;

/** The name of something secret, up to where its value begins. */
const name = String.raw`[\w.-]{0,60}(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|app[_-]?key|private[_-]?key|auth(?:orization|_?code)?|csrf|credentials?|session(?:_?id)?|signature|otp|pin)`;
const assigned = new RegExp(
	String.raw`(?<![\w])(${name}\b\\?["']?\s*(?:=>|[:=])\s*)((?:bearer|basic|token|digest)\s+)?(?:(\\?["'])((?:(?!\3)[^\n])*)\3|([^\s"'&,;)}\]]+))`,
	'gi',
);

/** The name of something secret in a command or a sentence, and its value behind it. */
const spaced = new RegExp(
	String.raw`(?<![\w])((?:--?)?${name}\b\s+)(is:?\s+|was:?\s+)?(?:(["'])((?:(?!\3)[^\n])*)\3|([^\s"'&,;)}\]]+))`,
	'gi',
);

/** Whether a word is a value and none of a sentence: it has letters and digits, or signs that no word has within. */
const isValue = (word: string): boolean =>
	word.length >= 4 && ((/[a-z]/i.test(word) && /\d/.test(word)) || /^\S*[a-z][!#$%^*_+][^\s.]+$/i.test(word));

/** Programs that take a password right behind a letter, or behind the name of who logs in. */
const given: readonly RegExp[] = [
	/(\b(?:mysql|mariadb)\w*\b[^\n|;]*?\s-p)(?:"[^"\n]+"|'[^'\n]+'|(?!\*{3})[^\s"'|;]+)/gi,
	/(\bcurl\b[^\n|;]*?\s(?:-u|--user)[ =]?["']?[^\s"':]+:)(?!\*{3})[^\s"'|;]+/gi,
];

/** What is a secret by its form alone, whatever stands before it. */
const forms: readonly RegExp[] = [
	/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
	// Three parts of base64, of which the first is no word: a token that is signed.
	/(?<![\w./-])(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{12,}\.(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{12,}\.[\w-]{12,}(?![\w.-])/g,
	/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
	/\bgh[opsur]_\w{20,}/g,
	/\bxox[abeoprs]-[\w-]{10,}/g,
	/\b[rs]k_(?:live|test)_\w{10,}/g,
	/\bbase64:[\w+/]{20,}={0,2}/g,
	/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];

/** Card numbers end in a digit that proves the others, by the formula of Luhn. */
const isCard = (digits: string): boolean => {
	let sum = 0;
	for (let at = 0; at < digits.length; at += 1) {
		const digit = Number(digits[digits.length - 1 - at]);
		const counted = at % 2 === 0 ? digit : digit * 2;
		sum += counted > 9 ? counted - 9 : counted;
	}
	return sum % 10 === 0 && !/^0+$/.test(digits);
};

/**
 * Takes secrets out of a line of a log: passwords, tokens, cookies, keys, what an address is logged in with, the local part
 * of e-mail addresses and what looks like the number of a card. Rather too much than too little.
 */
export const maskSecrets = (line: string): Masked => {
	if (!suspicious.test(line)) return {text: line, count: 0};
	let count = 0;
	const taken = (before = '', after = ''): string => {
		count += 1;
		return `${before}${mask}${after}`;
	};
	let text = line
		.replaceAll(/\b([a-z][a-z\d+.-]*:\/\/)(?!\*{3}@)[^\s/@:]*(?::[^\s/@]*)?@/gi, (_, scheme: string) =>
			taken(scheme, '@'),
		)
		.replaceAll(/\b((?:set-)?cookie\\?["']?\s*[:=]>?\s*)(?!\*{3}$)[^\s\\"'][^\n"]*/gi, (_, before: string) =>
			taken(before),
		);
	for (const form of forms) text = text.replaceAll(form, () => taken());
	for (const form of given) text = text.replaceAll(form, (_, before: string) => taken(before));
	text = text
		.replaceAll(
			assigned,
			(
				whole,
				before: string,
				how: string | undefined,
				quote: string | undefined,
				quoted: string | undefined,
				bare: string | undefined,
			) => (isTaken(quoted ?? bare ?? '') ? whole : taken(`${before}${how ?? ''}${quote ?? ''}`, quote ?? '')),
		)
		.replaceAll(
			spaced,
			(
				whole,
				before: string,
				is: string | undefined,
				quote: string | undefined,
				quoted: string | undefined,
				bare: string | undefined,
			) => {
				const value = quoted ?? bare ?? '';
				const isOption = before.startsWith('-');
				const isSecret = isOption ? !value.startsWith('-') : quote !== undefined || isValue(value);
				return isTaken(value) || !isSecret ? whole : taken(`${before}${is ?? ''}${quote ?? ''}`, quote ?? '');
			},
		)
		.replaceAll(/\b(bearer|basic)\s+(?=[\w.~+/-]*\d)[\w.~+/=-]{8,}/gi, (_, how: string) => taken(`${how} `))
		.replaceAll(/(?<![\w.+%'-])[\w.+%'-]{1,64}@((?:[a-z\d-]+\.)+[a-z]{2,})/gi, (_, domain: string) =>
			taken('', `@${domain}`),
		)
		.replaceAll(/(?<![\d.-])\d(?:[ -]?\d){12,18}(?![\d-])/g, digits =>
			isCard(digits.replaceAll(/\D/g, '')) ? taken() : digits,
		);
	return {text, count};
};

/** Nothing, or a value that is masked already. */
const isTaken = (value: string): boolean => value === '' || value === mask || value.startsWith(`${mask}@`);
