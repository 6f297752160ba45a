import type {Actor} from '../../domain/build.ts';
import type {Checklists} from '../../domain/checklist/checklist.ts';
import {primaryHost, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {signersOf, unprovedApprovals} from '../../domain/gates/approvals-gate.ts';
import {isNobody, peopleAmong} from '../../domain/people.ts';
import type {AppServices} from '../app-services.ts';
import {ownWords} from '../own-words.ts';
import {signedText, trustedBy} from '../ledger/trusted.ts';
import {liveReleases} from './checklist-states.ts';
import {appendSignOff, notSigned, requireTrusted, ownSignature, type SigningServices} from './sign-off.ts';

/** What a signature is good for. */
export type Approval = {
	readonly commit: string;
	readonly by: Pick<Actor, 'name' | 'key'>;
	/** Environments the build is promoted to, and how many people each asks for. */
	readonly promotions: readonly {
		readonly environment: string;
		readonly title: string;
		readonly asked: number;
		/** What a name does not prove there, for people; absent where names are signed. */
		readonly unproved?: string;
	}[];
};

type ApproveOptions = {
	readonly environment: Environment;
	readonly environments: readonly Environment[];
	readonly checklists: Checklists;
	readonly app: AppName;
	readonly note?: string | undefined;
	/** Of the build that was looked at; absent: whichever is live. */
	readonly digest?: string;
};

/** The signature of an entry, where names are proved by one, as it will be checked. Throws DeployError `blocked`. */
const provedBy = async (
	services: SigningServices,
	{environment, environments, checklists}: ApproveOptions,
	isAsked: boolean,
	entry: {readonly type: string; readonly actor: Actor; readonly data: unknown},
): Promise<{readonly signature?: string}> => {
	if (!isAsked) return {};
	const signature = await ownSignature(services, environment, entry);
	const {allowedSigners} = await services.policy.read({environments, checklists});
	const {name} = entry.actor;
	if (await services.signatures.verify({text: signedText(entry), signature, name, allowedSigners}))
		return {signature};
	throw notSigned(
		`the key that signs is not one of ${name} in environments/allowed_signers, as committed: it would not count`,
		`Commit its line for ${name} there, or sign with the key that stands there.`,
	);
};

/** Whoever has signed the build is no second person by another name or key. Throws DeployError `blocked`. */
const requireAnother = async (
	services: Pick<AppServices, 'signatures' | 'policy'>,
	{environment, environments, checklists, app}: ApproveOptions,
	{
		entries,
		digest,
		actor,
		trusts,
	}: {
		readonly entries: Parameters<typeof signersOf>[0];
		readonly digest: string;
		readonly actor: Actor;
		readonly trusts: readonly Environment[];
	},
): Promise<void> => {
	const isTrusted = await trustedBy(services, trusts, entries, async () => {
		const {allowedSigners} = await services.policy.read({environments, checklists});
		return allowedSigners;
	});
	const signers = signersOf(entries, {app, digest}).filter(({seq}) => isTrusted(seq));
	const people = peopleAmong([...signers, actor]);
	const first = signers[people.at(-1) ?? signers.length];
	if (!first) return;
	const who = first.name === actor.name ? 'you have' : `${first.name} has, who is you by name or key,`;
	throw notSigned(
		`${who} signed this build of the ${app} on ${environment.title} already: a person counts once`,
		'Somebody else signs it.',
	);
};

/**
 * Signs the build that is live on an environment for promotion. It counts for a deploy by somebody else. Throws
 * DeployError `blocked` for one that would count for nobody's; then nothing is recorded.
 */
export const approveBuild = async (services: SigningServices, options: ApproveOptions): Promise<Approval> => {
	const {environment, environments, app, digest} = options;
	const note = options.note === undefined ? undefined : ownWords(services, environment, options.note);
	const promotions = environments.filter(
		({promotedFrom, hosts}) => promotedFrom === environment.name && hosts.length > 0,
	);
	if (promotions.length === 0)
		throw notSigned(
			`nothing is promoted from ${environment.title}: a signature there would count nowhere`,
			'Name the environment that is promoted from with --env.',
		);
	const [ledger, actor] = await Promise.all([
		services.ledgers.read(environment),
		services.actorFor(primaryHost(environment)),
	]);
	requireTrusted(environment, ledger);
	if (isNobody(actor))
		throw notSigned(
			`your name is ${JSON.stringify(actor.name)}, which is nobody's: it has no letter or figure`,
			'Set one: git config --global user.name, or COCKPIT_ACTOR.',
		);
	const build = liveReleases(environment, ledger.entries).get(app)?.build;
	if (!build)
		throw notSigned(
			`which build of the ${app} runs on ${environment.title} is not recorded`,
			`Deploy it to ${environment.title} first.`,
		);
	if (digest !== undefined && build.digest !== digest)
		throw notSigned(
			`another build of the ${app} runs on ${environment.title} than the one you looked at`,
			'Review the build that runs now.',
		);
	const trusts = [environment, ...promotions];
	await requireAnother(services, options, {entries: ledger.entries, digest: build.digest, actor, trusts});
	const entry = {type: 'build.approved', actor, data: {app, build, ...(note === undefined ? {} : {note})}};
	const isSigned = trusts.some(({identity}) => identity === 'signed');
	await appendSignOff(services, environment, {...entry, ...(await provedBy(services, options, isSigned, entry))});
	return {
		commit: build.commit,
		by: {name: actor.name, ...(actor.key === undefined ? {} : {key: actor.key})},
		promotions: promotions.map(to => {
			const identity = trusts.some(one => one.identity === 'signed' && (one === to || one === environment))
				? 'signed'
				: 'claimed';
			const unproved = unprovedApprovals({approvals: to.approvals, identity});
			return {
				environment: to.name,
				title: to.title,
				asked: to.approvals,
				...(unproved === undefined ? {} : {unproved}),
			};
		}),
	};
};

/** What somebody who has signed is told of it, for people. */
export const approvalText = ({by: {name, key}, promotions}: Approval): readonly string[] => [
	`It counts for a deploy by somebody else, not for your own: you are ${name}${key === undefined ? '' : `, or whoever has the key ${key}`}.`,
	...promotions.map(({title, asked, unproved}) =>
		asked === 0
			? `${title} asks for no approvals now; an emergency may.`
			: `${title} asks for ${asked}${unproved === undefined ? '' : `: ${unproved}`}.`,
	),
];
