import type {Environment} from '../../domain/environments/environment.ts';
import {soakTerms} from '../../domain/environments/watched.ts';
import type {LedgerEntry} from '../../domain/ledger/ledger.ts';
import type {AppServices} from '../app-services.ts';
import {sha256} from '../sha256.ts';

/** What is signed of an entry: all that its writer says, nothing that the host adds. */
export const signedText = ({
	type,
	actor,
	data,
}: {
	readonly type: unknown;
	readonly actor: unknown;
	readonly data: unknown;
}): string => JSON.stringify({type, actor, data});

const counts = new Set(['checklist.signed', 'checklist.undone', 'build.approved']);

/**
 * What was seen of health counts where a soak goes by it. There is an entry each half hour for ever, and each check is a
 * process: those of three soaks back are enough.
 */
const observedFrom = (environments: readonly Environment[], entries: readonly LedgerEntry[]): number => {
	const strict = environments.filter(environment => soakTerms(environment).samples === 'required');
	const hours = Math.max(0, ...strict.map(({soakHours}) => soakHours));
	return strict.length === 0 ? Number.POSITIVE_INFINITY : (entries.at(-1)?.at ?? 0) - 3 * hours * 3_600_000;
};
const checked = new Map<string, Promise<boolean | undefined>>();

/** A verdict is kept; what could not be checked is not trusted now, and checked again when it is asked for again. */
const verdictOn = async (key: string, check: () => Promise<boolean | undefined>): Promise<boolean> => {
	const asked = checked.get(key) ?? check();
	checked.set(key, asked);
	let found;
	try {
		found = await asked;
	} finally {
		if (found === undefined) checked.delete(key);
	}
	return found ?? false;
};

/**
 * Whether entries count by who wrote them. With `identity: signed` only those do whose signature was checked against
 * `allowedSigners`, the committed text of `environments/allowed_signers`, under the name they claim; a bad result closes
 * whoever wrote it. Source: design, "State", ledger.
 */
export const trustedBy = async (
	{signatures}: Pick<AppServices, 'signatures'>,
	environments: readonly Environment[],
	entries: readonly LedgerEntry[],
	allowedSigners: () => Promise<string>,
): Promise<(seq: number) => boolean> => {
	const strict = environments.find(({identity}) => identity === 'signed');
	if (!strict) return () => true;
	const observed = observedFrom(environments, entries);
	const text = await allowedSigners();
	const signers = sha256(text);
	const verify = async ({hash, type, actor, data, signature}: LedgerEntry): Promise<boolean> => {
		if (signature === undefined || !actor) return false;
		return verdictOn(`${signers}\n${hash}`, async () =>
			signatures.verify({
				text: signedText({type, actor, data}),
				signature,
				name: actor.name,
				allowedSigners: text,
			}),
		);
	};
	const verdicts = await Promise.all(
		entries
			.filter(({type, at}) => counts.has(type) || (type === 'health.observed' && at >= observed))
			.map(async entry => ({seq: entry.seq, isTrusted: await verify(entry)})),
	);
	const trusted = new Set(verdicts.filter(({isTrusted}) => isTrusted).map(({seq}) => seq));
	return seq => trusted.has(seq);
};
