import {
	commonValue,
	secretBlocks,
	secretRules,
	secretVariable,
	shortestValue,
	suspicious,
	type SecretRule,
} from './secret-rules.ts';

/** A text without what nobody may see, and how many values were taken out. */
export type Masked = {readonly text: string; readonly count: number};

const mask = '***';

const compiled = secretRules.map(({before, value, after = '', isExact}: SecretRule) => ({
	pattern: new RegExp(`(${before})(?:${value})${after}`, isExact ? 'g' : 'gi'),
	after,
}));
const mayHold = new RegExp(suspicious, 'i');
const common = new RegExp(commonValue, 'i');
const variable = new RegExp(secretVariable, 'i');

const {key, logins} = secretBlocks;
const keyBegins = new RegExp(key.begins);
const keyEnds = new RegExp(key.ends);
const ofKey = new RegExp(key.holds);
const loginsBegin = new RegExp(logins.begins);
const loginsEnd = new RegExp(logins.ends);
const login = new RegExp(`(${logins.before})(?:${logins.value})`, 'g');

/** Secrets by the rules alone. */
const byRules = (line: string): Masked => {
	if (!mayHold.test(line)) return {text: line, count: 0};
	let count = 0;
	let text = line;
	for (const {pattern, after} of compiled)
		text = text.replaceAll(pattern, (_, before: string) => {
			count += 1;
			return `${before}${mask}${after}`;
		});
	return {text, count};
};

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

const mayBePersonal = /@|\d[\d -]{11,}\d/;

/**
 * Takes secrets out of a line of a log of an app, and what is somebody's own: the local part of e-mail addresses, and what
 * looks like the number of a card. Rather too much than too little.
 */
export const maskSecrets = (line: string): Masked => {
	const found = byRules(line);
	if (!mayBePersonal.test(found.text)) return found;
	let {count} = found;
	const taken = (after = ''): string => {
		count += 1;
		return `${mask}${after}`;
	};
	const text = found.text
		.replaceAll(/(?<![\w.+%'-])[\w.+%'-]{1,64}@((?:[a-z\d-]+\.)+[a-z]{2,})/gi, (_, domain: string) =>
			taken(`@${domain}`),
		)
		.replaceAll(/(?<![\d.-])\d(?:[ -]?\d){12,18}(?![\d-])/g, digits =>
			isCard(digits.replaceAll(/\D/g, '')) ? taken() : digits,
		);
	return {text, count};
};

/** Takes secrets out of what passes through. */
export type Redactor = {
	/** The next line of one stream: what is secret over several lines, as a private key is, is known by those before. */
	readonly line: (line: string) => string;
	/** A text by itself, of any number of lines. */
	readonly text: (text: string) => string;
};

/** How a value may be written where it is printed: as it is, in JSON, in an address. */
const spellings = (value: string): readonly string[] => {
	const json = JSON.stringify(value).slice(1, -1);
	return [value, json, json.replaceAll('/', String.raw`\/`), encoded(value)];
};

const encoded = (value: string): string => {
	try {
		return encodeURIComponent(value);
	} catch {
		return value;
	}
};

/** The parts of a value that are secret by themselves: the bytes of a key, the password in an address. */
const partsOf = (value: string): readonly string[] => {
	const [, bytes] = /^base64:(.+)$/.exec(value) ?? [];
	const [, password] = /^[a-z][a-z\d+.-]*:\/\/[^\s/@:]*:([^\s/]+)@/i.exec(value) ?? [];
	return [value, ...(bytes === undefined ? [] : [bytes]), ...(password === undefined ? [] : [password])];
};

/** Whether a value is one that stands in output for no other reason than that it was printed. */
const isTelling = (value: string): boolean => value.length >= shortestValue && !common.test(value.trim());

/** What of variables may stand in no output: the values of those whose names tell that they are secret. */
export const secretValuesOf = (variables: Readonly<Record<string, string | undefined>>): readonly string[] =>
	Object.entries(variables).flatMap(([name, value = '']) => (variable.test(name) && isTelling(value) ? [value] : []));

const replacing = (values: readonly string[]): ((text: string) => string) => {
	const lines = values.flatMap(value => (value.includes('\n') ? value.split('\n') : [value]));
	const all = new Set([...lines, ...values].flatMap(partsOf).filter(isTelling).flatMap(spellings));
	// The longest first: a shorter one may be part of it.
	const sorted = [...all].toSorted((one, other) => other.length - one.length);
	return text => sorted.reduce((rest, value) => (rest.includes(value) ? rest.replaceAll(value, mask) : rest), text);
};

const keepText = (text: string): string => text;

/** A redactor that goes by the rules, and by the values of secrets that are known. */
export const createRedactor = (values: readonly string[] = []): Redactor => {
	const withoutValues = values.length === 0 ? keepText : replacing(values);
	const lines = () => {
		let within: 'key' | 'logins' | undefined;
		return (line: string): string => {
			if (within === 'key') {
				if (keyEnds.test(line)) {
					within = undefined;
					return line.replace(/^.*?(?=-----END)/, mask);
				}
				if (ofKey.test(line)) return line.trim() === '' ? line : mask;
				within = undefined;
			}
			const text = withoutValues(line);
			const shown = within === 'logins' ? text.replaceAll(login, `$1${mask}`) : text;
			if (within === 'logins' && loginsEnd.test(line)) within = undefined;
			if (!mayHold.test(line)) return shown;
			if (keyBegins.test(line)) within = 'key';
			else if (loginsBegin.test(line)) within = 'logins';
			return byRules(shown).text;
		};
	};
	return {
		line: lines(),
		text: text => {
			const next = lines();
			return text.includes('\n') ? text.split('\n').map(next).join('\n') : next(text);
		},
	};
};

const byRulesAlone = createRedactor();

/** A text without secrets, by the rules alone: for words that are known to no run. */
export const withoutSecrets = (text: string): string => byRulesAlone.text(text);
