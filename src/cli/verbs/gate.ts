import {clearLine, decideDeploy, type Decision, type EmergencyTerms} from '../../app/gates/gate.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {exitCodes} from '../../domain/errors.ts';
import {moment} from '../../domain/format.ts';
import {isOpen, seenText, slotText, type Gate, type GateState} from '../../domain/gates/gates.ts';
import {
	acceptPolicyOption,
	appArgument,
	emergencyOption,
	environmentOption,
	jsonOption,
	type JsonOption,
	type GateTerms,
} from '../options.ts';
import {printJson} from '../print-json.ts';
import {paint, type Terminal} from '../terminal.ts';
import type {Place, RegisterVerb} from '../verb.ts';

export const register: RegisterVerb = (program, {onEnvironment}) =>
	program
		.command('gate')
		.description('may this build go there now, and if not, why and until when')
		.addArgument(appArgument())
		.addOption(environmentOption())
		.addOption(emergencyOption())
		.addOption(acceptPolicyOption())
		.addOption(jsonOption())
		.action(onEnvironment(gate));

const marks: Readonly<Record<GateState, string>> = {met: '✓', failed: '✗', open: '○', waiting: '◔', unknown: '?'};
const meanings = {
	met: 'success',
	failed: 'danger',
	open: 'attention',
	waiting: 'attention',
	unknown: 'attention',
} as const;

const gateRow = (terminal: Terminal, gate: Gate, timeZone: string): string => {
	const {gate: name, state, text} = gate;
	const closed = state === 'met' ? '' : `\n               ${clearLine(gate, timeZone).replace(`${name}: `, '')}`;
	return `  ${paint(terminal, meanings[state], marks[state])} ${name.padEnd(10)} ${text}${paint(terminal, 'muted', closed)}\n`;
};

const emergencyText = (terminal: Terminal, {reason, asksLess, reviewBy}: EmergencyTerms, timeZone: string): string => {
	const due = reviewBy === undefined ? '' : `; review due by ${moment(reviewBy, timeZone)}`;
	return [`▲ EMERGENCY: ${reason}${due}`, ...asksLess.map(text => `▲ asks less than usual: ${text}`)]
		.map(line => `  ${paint(terminal, 'danger', line)}\n`)
		.join('');
};

/** Prints a decision: verdict, gates in order, next slot. */
export const printDecision = (
	terminal: Terminal,
	{report, weaker, emergency, evidence}: Decision,
	{title, timeZone}: Pick<Environment, 'title' | 'timeZone'>,
): void => {
	const {app, verdict, gates} = report;
	const meaning = ({GO: 'success', HOLD: 'attention', 'NO-GO': 'danger'} as const)[verdict];
	terminal.out(`${paint(terminal, 'header', `${app} to ${title}`)}  ${paint(terminal, meaning, verdict)}\n`);
	for (const gate of gates) terminal.out(gateRow(terminal, gate, timeZone));
	const slot = slotText(report, at => moment(at, timeZone));
	terminal.out(`  Next slot  ${slot}${isOpen(report) ? '' : ', with what is open done by then'}\n`);
	for (const seen of evidence?.facts.ledgers ?? [])
		terminal.out(`  ${paint(terminal, seen.seenBy.length === 0 ? 'attention' : 'muted', seenText(seen))}\n`);
	for (const text of weaker)
		terminal.out(`  ${paint(terminal, 'danger', `▲ weaker than at the last run: ${text}`)}\n`);
	if (emergency) terminal.out(emergencyText(terminal, emergency, timeZone));
};

/** A decision as one JSON object. Times are ISO 8601 UTC. */
export const decisionObject = (
	{report, weaker, policy, promotion, emergency, evidence}: Decision,
	environment: string,
): Readonly<Record<string, unknown>> => {
	const {app, verdict, gates, nextSlot, clock} = report;
	const iso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());
	return {
		type: 'gate',
		app,
		environment,
		verdict,
		gates: gates.map(({at, ...gate}) => ({...gate, ...(at === undefined ? {} : {opensAt: iso(at)})})),
		nextSlot: iso(nextSlot),
		...(clock === undefined ? {} : {clock}),
		weaker,
		...(emergency ? {emergency: {...emergency, reviewBy: iso(emergency.reviewBy)}} : {}),
		policyDigest: policy?.digest,
		policyCommit: policy?.commit,
		witness: promotion?.witness,
		...(evidence?.facts.ledgers
			? {
					ledgers: evidence.facts.ledgers.map(({environment: of, entries, seenBy}) => ({
						environment: of,
						entries,
						seenBy,
					})),
				}
			: {}),
	};
};

/** `cockpit gate <app> --env E`: may this build go there now, and if not, why and until when. Exits 1 when not. */
const gate = async (
	{terminal, cockpit, services, environment}: Place,
	app: AppName,
	{emergency, acceptPolicy, json}: JsonOption & GateTerms,
): Promise<number> => {
	const {environments, checklists} = cockpit;
	const question = {environments, environment, app, checklists, emergency, acceptPolicy};
	const decision = await decideDeploy(services, question);
	if (json) printJson(terminal, decisionObject(decision, environment.name));
	else printDecision(terminal, decision, environment);
	return isOpen(decision.report) ? 0 : exitCodes.blocked;
};
