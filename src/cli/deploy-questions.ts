import {costText, promotionCost} from '../app/deploy/promotion-cost.ts';
import type {Decision} from '../app/gates/gate.ts';
import {verificationEvidence} from '../app/gates/verification-evidence.ts';
import {checkWords} from '../domain/runs/confirm.ts';
import type {AppName} from '../domain/environments/environment.ts';
import {unprovedApprovals} from '../domain/gates/approvals-gate.ts';
import {acceptable, isOpen, type Known} from '../domain/gates/gates.ts';
import {digestWord} from '../domain/gates/policy.ts';
import type {MigrationReport} from '../domain/migrations/report.ts';
import type {Pipeline} from '../domain/runs/pipeline.ts';
import {confirmationBanner, policyBanner, verifiedBanner} from './banners.ts';
import type {Cockpit} from './cli-context.ts';
import {printPending} from './print-migrations.ts';
import {paint, type Terminal} from './terminal.ts';
import {printDecision} from './verbs/gate.ts';

/** One app of what is deployed by one command line. */
export type DeployPart = {
	readonly app: AppName;
	readonly decision: Decision;
	readonly pipeline: Pipeline;
	/** Absent for an app without migrations. */
	readonly pending: Known<readonly MigrationReport[]> | undefined;
};

/** Digest of the policy to accept, when nothing else keeps any app: it is one policy for all. */
export const acceptableBy = (decisions: readonly Pick<DeployPart, 'decision'>[]): string | undefined => {
	const found = decisions.map(({decision: {report}}) => (isOpen(report) ? 'open' : acceptable(report)));
	return found.includes(undefined) ? undefined : found.find(one => one !== 'open');
};

/**
 * Shows what will be deployed and asks for the words, one after the other, each under what it stands for. Throws
 * DeployError `wrong-word` at the first that is another.
 */
export const askWords = async (
	terminal: Terminal,
	cockpit: Cockpit,
	parts: readonly DeployPart[],
	{toAccept, words}: {readonly toAccept: string | undefined; readonly words: readonly string[]},
): Promise<void> => {
	await describe(terminal, cockpit, parts);
	const [first] = parts;
	const accepting = parts.find(({decision}) => acceptable(decision.report) !== undefined);
	const banners = [
		...(toAccept !== undefined && accepting ? [policyBanner(terminal, accepting.decision)] : []),
		...(first?.pipeline.environment.tier === 'production'
			? [
					verifiedBanners(terminal, cockpit, parts),
					confirmationBanner(terminal, first.pipeline, remarksOn(first.decision)),
				]
			: []),
	];
	const wanted = [...(toAccept === undefined ? [] : [digestWord(toAccept)]), ...words];
	const typed: string[] = [];
	for (const [index, word] of wanted.entries()) {
		terminal.out(banners[index] ?? '');
		typed.push((await terminal.ask(`Type ${word} to go on, anything else to stop: `)) ?? '');
		if (typed.at(-1) !== word) break;
	}
	checkWords(parts.length > 1 ? 'both apps' : (first?.pipeline.title ?? ''), wanted, typed);
};

/** What the words are given in spite of. */
const remarksOn = ({report: {policy}, emergency}: Decision): readonly string[] => {
	const unproved = unprovedApprovals(policy);
	return [
		...(emergency ? [`EMERGENCY: ${emergency.reason}`] : []),
		...(unproved === undefined ? [] : [`approvals: ${unproved}`]),
	];
};

/** Where each app goes, what the gates say, and what it costs the way to the next environment. */
const describe = async (terminal: Terminal, cockpit: Cockpit, parts: readonly DeployPart[]): Promise<void> => {
	for (const {pipeline} of parts) {
		const {title, host, environment} = pipeline;
		const meaning = environment.tier === 'production' ? 'danger' : 'strong';
		terminal.out(`${paint(terminal, meaning, title)}  ${host.user ?? ''}@${host.address}\n`);
	}
	const environment = parts[0]?.pipeline.environment;
	if (environment?.warning !== undefined && environment.tier !== 'production')
		terminal.out(`${paint(terminal, 'attention', environment.warning)}\n`);
	for (const {decision, pipeline, pending} of parts) {
		printDecision(terminal, decision, pipeline.environment);
		if (pending) printPending(terminal, pending, {environment: pipeline.environment.name, json: false});
		const cost = await costOf(cockpit, pipeline);
		if (cost !== undefined) terminal.out(`  ${paint(terminal, 'attention', `▲ ${cost}`)}\n`);
	}
};

const costOf = async (
	{services, environments, checklists}: Cockpit,
	{environment, app, record: {digest}}: Pipeline,
): Promise<string | undefined> => {
	const {entries, time} = await services.ledgers.read(environment);
	const facts = {environments, environment, app, checklists, entries, now: time, digest, usualMs: 0};
	const cost = promotionCost(facts);
	return cost && costText(cost);
};

const verifiedBanners = (terminal: Terminal, {checklists}: Cockpit, parts: readonly DeployPart[]): string =>
	parts
		.map(({app, decision, pipeline}) => {
			const evidence = verificationEvidence(checklists, app, decision.evidence?.items ?? []);
			return verifiedBanner(terminal, pipeline.title, evidence);
		})
		.join('\n');
