import type {ServerHostKeyAlgorithm} from 'ssh2';
import type {Host} from '../../../domain/environments/environment.ts';
import {type DeployError, failure} from '../../../domain/errors.ts';
import {hostAndPort, printable} from '../link/failures.ts';
import {fingerprint, keyType} from './fingerprint.ts';
import {appendKnownHost, judgeHostKey, type KnownHost, knownKeyTypes} from './known-hosts.ts';
import type {SshOptions} from '../link/options.ts';
import type {ResolvedHost} from '../link/resolve-host.ts';

/** Everything a host key is judged by. */
export type HostKeyRules = {
	readonly host: Host;
	readonly resolved: ResolvedHost;
	readonly entries: readonly KnownHost[];
	/** Keys of the environment file; when there are any, nothing else is accepted. */
	readonly pinned: readonly Buffer[];
	/** The key this session was opened with: a reconnect must meet it again. */
	readonly seen: Buffer | undefined;
};

/** Blobs of `hostKeys` in the environment file. Throws TypeError for what is no `type base64`. */
export const pinnedKeys = ({name, hostKeys = []}: Host): Buffer[] =>
	hostKeys.map(line => {
		const [type, base64 = ''] = line.trim().split(/\s+/);
		const blob = Buffer.from(base64, 'base64');
		if (keyType(blob) !== type) throw new TypeError(`hostKeys of ${name}: not a public key: ${line}`);
		return blob;
	});

const rsa: ServerHostKeyAlgorithm[] = ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'];
const offered: ServerHostKeyAlgorithm[] = [
	'ssh-ed25519',
	'ecdsa-sha2-nistp256',
	'ecdsa-sha2-nistp384',
	'ecdsa-sha2-nistp521',
	...rsa,
];

/** Host key algorithms, those of keys we can compare first: else a host known by one key would look changed. */
export const hostKeyAlgorithms = (rules: HostKeyRules): ServerHostKeyAlgorithm[] => {
	const {resolved, entries, pinned, seen} = rules;
	const comparable = [...(seen ? [seen] : []), ...pinned].map(keyType);
	const known = [...comparable, ...knownKeyTypes(entries, resolved.knownAs)];
	const first = known.flatMap(type => (type === 'ssh-rsa' ? rsa : offered.filter(name => name === type)));
	return [...new Set([...first, ...offered])];
};

const place = ({file, line}: KnownHost): string => `${file} line ${line}`;

const changed = ({resolved}: HostKeyRules, key: Buffer, expected: Buffer, where: string): DeployError => {
	const sameType = keyType(key) === keyType(expected);
	return failure('host-key-changed')({
		what: `The host key of ${resolved.label} has changed`,
		why:
			`${hostAndPort(resolved)} shows ${keyType(key)} ${fingerprint(key)}, but ${where} has ` +
			`${keyType(expected)} ${fingerprint(expected)}${sameType ? '' : ', which the host no longer offers'}. ` +
			'Someone may be listening in, or the host was rebuilt.',
		now: 'Nothing was changed. The connection was closed before the login.',
		next: `Ask whoever runs ${resolved.label} for its fingerprint. Only if it matches, replace the key in ${where}.`,
	});
};

const revoked = ({resolved}: HostKeyRules, key: Buffer, entry: KnownHost): DeployError =>
	failure('host-key-changed')({
		what: `The host key of ${resolved.label} is revoked`,
		why: `${hostAndPort(resolved)} shows ${keyType(key)} ${fingerprint(key)}, which ${place(entry)} marks @revoked.`,
		now: 'Nothing was changed. The connection was closed before the login.',
		next: `Do not connect. Give ${resolved.label} a new host key, then record that one.`,
	});

const unknown = ({resolved}: HostKeyRules, key: Buffer, certAuthority: KnownHost | undefined): DeployError => {
	const {label, address, port, knownHostsFiles} = resolved;
	const authority = certAuthority
		? ` ${place(certAuthority)} names a @cert-authority for it, which is not supported.`
		: '';
	const scan = `ssh-keyscan${port === 22 ? '' : ` -p ${port}`} ${printable(address)}`;
	return failure('host-key-unknown')({
		what: `The host key of ${label} is not known`,
		why: `${hostAndPort(resolved)} shows ${keyType(key)} ${fingerprint(key)}, and no one has accepted it.${authority}`,
		now: 'Nothing was changed. The connection was closed before the login.',
		next:
			`Compare the fingerprint with one from whoever runs ${label}. If it matches, put the line of \`${scan}\` ` +
			`under \`hostKeys\` of ${label} in the environment file, or into ${knownHostsFiles[0]}.`,
	});
};

const remember = async ({resolved}: HostKeyRules, key: Buffer): Promise<void> => {
	const {label, knownAs, hashKnownHosts: hash} = resolved;
	const [file] = resolved.knownHostsFiles;
	try {
		await appendKnownHost({file, name: knownAs, key, hash});
	} catch (cause) {
		throw failure('host-key-unknown')({
			what: `The host key of ${label} was accepted but cannot be remembered`,
			why: `${file} cannot be written: ${printable(String(cause))}.`,
			now: 'Nothing was changed. The connection was closed before the login.',
			next: `Make ${file} writable to you, or put the key under \`hostKeys\` of ${label} in the environment file.`,
			cause,
		});
	}
};

/**
 * Judges the key a host shows: known is silent, unknown is asked about and remembered, changed and revoked stop hard.
 * Throws DeployError `host-key-unknown` or `host-key-changed`.
 */
export const verifyHostKey = async (rules: HostKeyRules, key: Buffer, options: SshOptions): Promise<void> => {
	const {host, resolved, entries, pinned, seen} = rules;
	const judged = judgeHostKey(entries, resolved.knownAs, key);
	if (judged.verdict === 'revoked') throw revoked(rules, key, judged.entry);
	if (seen) {
		if (seen.equals(key)) return;
		throw changed(rules, key, seen, 'this session');
	}
	const [firstPinned] = pinned;
	if (firstPinned) {
		if (pinned.some(blob => blob.equals(key))) return;
		const expected = pinned.find(blob => keyType(blob) === keyType(key)) ?? firstPinned;
		throw changed(rules, key, expected, `\`hostKeys\` of ${host.name} in the environment file`);
	}
	if (judged.verdict === 'known') return;
	if (judged.verdict === 'changed') throw changed(rules, key, judged.entry.key, place(judged.entry));

	const ask = options.requireKnown?.(host) === true ? undefined : options.onUnknownHostKey;
	const facts = {
		host: resolved.label,
		address: hostAndPort(resolved),
		keyType: keyType(key),
		fingerprint: fingerprint(key),
	};
	if (!ask || !(await ask(facts))) throw unknown(rules, key, judged.certAuthority);
	await remember(rules, key);
};
