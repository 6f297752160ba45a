import {createHash} from 'node:crypto';
import type {Actor} from '../../domain/build.ts';
import {sectionsFor, type Checklists} from '../../domain/checklist/checklist.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {decide, policyOf, type GateFacts} from '../../domain/gates/gates.ts';
import {readChain, type LedgerEntry} from '../../domain/ledger/ledger.ts';
import {liveRelease} from '../../domain/releases/live-releases.ts';
import {policyMemory, type PolicyMemory, type PromotionRecord} from '../../domain/gates/policy.ts';
import {itemStates, signOffsIn, type PairDigests} from '../../domain/checklist/sign-off.ts';
import type {LedgerAnswer} from '../../commands/ledger/ledger.ts';
import type {SandboxTier} from '../tiers.ts';
import {earlierFindings, findings, type Observed, type PastFinding} from './findings.ts';
import type {Past} from './read-past.ts';
import {person, recordedBuild, type StoryRun} from './story.ts';

/** What a host says of itself in the first line of its ledger. */
export type LedgerHome = LedgerAnswer['home'];

/** `home`: of the host whose ledger is told. */
export type LedgerFacts = Omit<Past, 'treeOf'> & {readonly home: LedgerHome};

type Entry = {
	readonly at: number;
	readonly type: string;
	readonly actor?: Actor;
	readonly data: Readonly<Record<string, unknown>>;
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const secondsOf = (at: number): string => new Date(at).toISOString().replace(/\.\d+/, '');

/** The lines of a ledger, each with the hash of the one before, as a host writes them. */
const chained = (entries: readonly Entry[]): string => {
	let previous = '';
	const lines = entries.map(({at, ...entry}, index) => {
		previous = JSON.stringify({seq: index + 1, time: secondsOf(at), prev: sha256(previous), ...entry});
		return `${previous}\n`;
	});
	return lines.join('');
};

/** What a run writes down when it begins and when it has ended. */
const runEntries = (
	run: StoryRun,
	went: {readonly policy: PolicyMemory; readonly promotion?: PromotionRecord},
): readonly Entry[] => {
	const {kind, app, actor, release} = run;
	const data = {run: run.run, app, build: recordedBuild(run)};
	const isRollback = kind === 'rollback';
	const target = (to: string): object => (isRollback ? {target: {kind: 'snapshot', release: to}} : {});
	return [
		{at: run.startedAt, type: `${kind}.started`, actor, data: {...data, ...went, ...target('previous')}},
		{at: run.endedAt, type: `${kind}.finished`, actor, data: {...data, ...target(release), release}},
	];
};

/** What a run went by: what is committed now was so then. */
const policyAt = ({environments, checklists}: LedgerFacts, run: StoryRun, tier: SandboxTier): PolicyMemory => {
	const to = environments[tier];
	const from = tier === 'production' ? environments.preprod : undefined;
	return policyMemory({to, from, checklists, signers: '', commit: recordedBuild(run).commit || null}, sha256);
};

/** Digests of what was live at a time. */
const liveAt = (runs: readonly StoryRun[], at: number): PairDigests =>
	Object.fromEntries(
		runs.flatMap(({app, build, endedAt}) => (build && endedAt <= at ? [[app, build.digest] as const] : [])),
	);

const signed = (
	{item, who, at, result, by, value, note, probe}: PastFinding,
	runs: readonly StoryRun[],
	checklists: Checklists,
): Entry => ({
	at,
	type: 'checklist.signed',
	actor: person(who),
	data: {
		item: item.id,
		title: item.title,
		result,
		by,
		value,
		note,
		probe,
		builds: liveAt(runs, at),
		itemDigest: item.digest,
		checklistDigest: checklists.digest,
		supersedes: [],
	},
});

/** In the order of time, behind the line that says which ledger it is. */
const withHeader = ({project, name}: Environment, home: LedgerHome, unsorted: readonly Entry[]): string => {
	const entries = unsorted.toSorted((a, b) => a.at - b.at);
	const opened = {type: 'ledger.opened', data: {project, environment: name, ...home}};
	return chained(entries[0] ? [{at: entries[0].at, ...opened}, ...entries] : []);
};

/**
 * The ledger of pre-prod as the product would have written it: its runs, and what was found about two builds. `observed`:
 * of the builds that are live, and of those before.
 */
export const tellPreprod = (
	facts: LedgerFacts,
	observed: {readonly live: Observed; readonly previous: Observed},
): string => {
	const {environments, checklists, runs, home} = facts;
	const sections = sectionsFor(checklists, 'before-production');
	const found = [...earlierFindings(sections, observed.previous), ...findings(sections, observed.live)];
	return withHeader(environments.preprod, home, [
		...runs.preprod.flatMap(run => runEntries(run, {policy: policyAt(facts, run, 'preprod')})),
		...found.map(one => signed(one, runs.preprod, checklists)),
	]);
};

/** What was known of a build on pre-prod when it was taken to production. */
const factsOf = (
	{environments: {preprod, production}, checklists}: LedgerFacts,
	run: StoryRun,
	entries: readonly LedgerEntry[],
): GateFacts => {
	const now = {value: run.startedAt};
	const digests = (app: AppName): string | undefined => liveRelease(entries, app)?.build?.digest;
	const live = liveRelease(entries, run.app);
	const items = sectionsFor(checklists, 'before-production', run.app).flatMap(section => section.items);
	const [backend, frontend] = [digests('backend'), digests('frontend')];
	return {
		app: run.app,
		build: {value: {...recordedBuild(run), uncommitted: 0}},
		policy: {
			value: {commit: recordedBuild(run).commit, digest: '', changes: [], isAccepted: false, differs: []},
		},
		from: {
			title: preprod.title,
			ledgerFault: undefined,
			live: live ? {value: live} : {unknown: 'nothing is live'},
			release: {value: live?.release ?? ''},
			drift: {value: []},
			health: {value: {isGood: true, text: '200'}},
			now,
		},
		items: {
			value: itemStates(items, signOffsIn(entries), {
				live: {...(backend ? {backend} : {}), ...(frontend ? {frontend} : {})},
				has: ['backend', 'frontend'],
				changedAt: 0,
				isTrusted: () => true,
			}),
		},
		probes: {
			value: items.flatMap(({id, title, probe}) =>
				probe ? [{item: id, title, outcome: 'passed' as const, text: `${probe.status} in 46 ms`}] : [],
			),
		},
		to: {title: production.title, now, lock: {value: {state: 'free'}}},
		approvals: {value: []},
		usualMs: 0,
	};
};

/** What a run to production remembers of the evidence it went by. */
const promotionOf = (facts: LedgerFacts, run: StoryRun, preprod: readonly LedgerEntry[]): PromotionRecord => {
	const {environments} = facts;
	const seen = preprod.filter(({at}) => at <= run.startedAt);
	const head = seen.at(-1);
	const policy = policyOf(environments.production, environments.preprod);
	const found = factsOf(facts, run, seen);
	return {
		from: environments.preprod.name,
		witness: head ? {environment: environments.preprod.name, seq: head.seq, hash: head.hash} : null,
		gates: decide(found, policy).gates.map(({gate, state, text}) => ({gate, state, text})),
	};
};

/** The ledger of production; `preprod`: the text of that of pre-prod, which its runs went by. */
export const tellProduction = (facts: LedgerFacts, preprod: string): string => {
	const {environments, runs, home} = facts;
	const {entries} = readChain(preprod, sha256);
	return withHeader(
		environments.production,
		home,
		runs.production.flatMap(run =>
			runEntries(run, {
				policy: policyAt(facts, run, 'production'),
				...(run.kind === 'deploy' ? {promotion: promotionOf(facts, run, entries)} : {}),
			}),
		),
	);
};
