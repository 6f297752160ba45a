import {createHmac, randomBytes} from 'node:crypto';
import {appendFile, mkdir, readFile} from 'node:fs/promises';
import {dirname} from 'node:path';
import {systemCode} from '../../../domain/errors.ts';
import {keyType} from './fingerprint.ts';

/** One usable line of a known_hosts file. */
export type KnownHost = {
	readonly file: string;
	/** From 1. */
	readonly line: number;
	readonly marker?: 'revoked' | 'cert-authority';
	/** First field: patterns separated by commas, or one hashed name. */
	readonly hosts: string;
	readonly key: Buffer;
};

export type HostKeyVerdict =
	| {readonly verdict: 'known'; readonly entry: KnownHost}
	/** `certAuthority`: the host is known by a certificate authority only, which is not supported. */
	| {readonly verdict: 'unknown'; readonly certAuthority?: KnownHost}
	| {readonly verdict: 'changed'; readonly entry: KnownHost}
	| {readonly verdict: 'revoked'; readonly entry: KnownHost};

const linePattern = /^\s*(?:@(\S+)\s+)?(\S+)\s+(\S+)\s+(\S+)/;

const parseLine = (text: string, file: string, line: number): KnownHost | undefined => {
	const [, marker, hosts, type, base64] = linePattern.exec(text) ?? [];
	if (hosts === undefined || base64 === undefined || /^\s*#/.test(text)) return undefined;
	if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') return undefined;
	const key = Buffer.from(base64, 'base64');
	return keyType(key) === type ? {file, line, hosts, key, ...(marker ? {marker} : {})} : undefined;
};

/** Reads the lines of a known_hosts text; lines that make no sense are passed over, as ssh does. */
export const parseKnownHosts = (text: string, file: string): KnownHost[] =>
	text.split('\n').flatMap((line, index) => parseLine(line, file, index + 1) ?? []);

const readOne = async (file: string): Promise<KnownHost[]> => {
	try {
		return parseKnownHosts(await readFile(file, 'utf8'), file);
	} catch (error) {
		if (systemCode(error) === 'ENOENT') return [];
		throw error;
	}
};

/** Reads several files; a missing one is empty. Throws what else reading throws. */
export const readKnownHosts = async (files: readonly string[]): Promise<KnownHost[]> =>
	(await Promise.all(files.map(readOne))).flat();

const hashName = (name: string, salt: Buffer): string =>
	`|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;

/** `*` and `?` as in ssh_config(5). Linear time, so that a hostile line cannot hang the match. */
const matchesPattern = (name: string, pattern: string): boolean => {
	let [at, inPattern, star, retry] = [0, 0, -1, 0];
	while (at < name.length) {
		const wanted = pattern[inPattern];
		if (wanted === '*') [star, retry, inPattern] = [inPattern, at, inPattern + 1];
		else if (wanted !== undefined && (wanted === '?' || wanted === name[at]))
			[at, inPattern] = [at + 1, inPattern + 1];
		else if (star >= 0) [retry, at, inPattern] = [retry + 1, retry + 1, star + 1];
		else return false;
	}
	return /^\**$/.test(pattern.slice(inPattern));
};

/** Whether the first field of a line names the host. A negated pattern that matches wins over everything. */
export const namesHost = (hosts: string, name: string): boolean => {
	const wanted = name.toLowerCase();
	if (hosts.startsWith('|')) {
		const [, salt] = /^\|1\|([^|]+)\|/.exec(hosts) ?? [];
		return salt !== undefined && hashName(wanted, Buffer.from(salt, 'base64')) === hosts;
	}
	const patterns = hosts.toLowerCase().split(',');
	const negated = patterns.filter(pattern => pattern.startsWith('!')).map(pattern => pattern.slice(1));
	if (negated.some(pattern => matchesPattern(wanted, pattern))) return false;
	return patterns.some(pattern => !pattern.startsWith('!') && matchesPattern(wanted, pattern));
};

/** Key types a host is known by, in file order: to be asked for first, so that it shows a key we can compare. */
export const knownKeyTypes = (entries: readonly KnownHost[], name: string): string[] => [
	...new Set(entries.filter(({marker, hosts}) => !marker && namesHost(hosts, name)).map(({key}) => keyType(key))),
];

/**
 * Judges the key a host shows. `changed` holds for a key of another type too: known types are asked for first, so a
 * host that still had its key would have shown it.
 */
export const judgeHostKey = (entries: readonly KnownHost[], name: string, key: Buffer): HostKeyVerdict => {
	const ours = entries.filter(({hosts}) => namesHost(hosts, name));
	const revoked = ours.find(entry => entry.marker === 'revoked' && entry.key.equals(key));
	if (revoked) return {verdict: 'revoked', entry: revoked};

	const plain = ours.filter(({marker}) => marker === undefined);
	const known = plain.find(entry => entry.key.equals(key));
	if (known) return {verdict: 'known', entry: known};

	const changed = plain.find(entry => keyType(entry.key) === keyType(key)) ?? plain[0];
	if (changed) return {verdict: 'changed', entry: changed};

	const certAuthority = ours.find(({marker}) => marker === 'cert-authority');
	return {verdict: 'unknown', ...(certAuthority ? {certAuthority} : {})};
};

/** Remembers an accepted key. Creates the file (0600) and its directory (0700) when missing. */
export const appendKnownHost = async (options: {
	readonly file: string;
	readonly name: string;
	readonly key: Buffer;
	readonly hash: boolean;
}): Promise<void> => {
	const {file, name, key, hash} = options;
	await mkdir(dirname(file), {recursive: true, mode: 0o700});
	const before = await readFile(file, 'utf8').catch(() => '');
	const start = before === '' || before.endsWith('\n') ? '' : '\n';
	const hosts = hash ? hashName(name, randomBytes(20)) : name;
	await appendFile(file, `${start}${hosts} ${keyType(key)} ${key.toString('base64')}\n`, {mode: 0o600});
};
