import {covers} from '../../../src/domain/checklist/checklist.ts';
import {decide, policyOf, type GateFacts, type GateReport} from '../../../src/domain/gates/gates.ts';
import {contradicts, isOther, readChain, type LedgerEntry} from '../../../src/domain/ledger/ledger.ts';
import {liveRelease} from '../../../src/domain/releases/live-releases.ts';
import {observedOf} from '../../../src/domain/watch/observed.ts';
import {itemStates, signOffIn, type SignOffContext} from '../../../src/domain/checklist/sign-off.ts';
import {ledgerText, sha256} from './ledger-text.ts';
import type {Situation, Tampering} from './situation.ts';

/** Line 1 of every ledger here. */
const identity = {project: 'qsights', environment: 'preprod', machineId: 'machine-1', hostKey: 'SHA256:host'};

/** The file with line 1 before the entries, whose numbers move by one. */
const fileOf = (entries: readonly LedgerEntry[], machineId: string): string => {
	const opened = {at: entries[0]?.at ?? 0, type: 'ledger.opened', actor: undefined, data: {...identity, machineId}};
	return ledgerText([opened, ...entries]);
};

const tampered = (text: string, tampering: Tampering): string => {
	if (tampering.kind === 'other machine') return text;
	const lines = text.trimEnd().split('\n');
	const place = Math.floor(tampering.at * lines.length);
	switch (tampering.kind) {
		case 'byte changed': {
			const at = Math.floor(tampering.at * text.length);
			return `${text.slice(0, at)}${text[at] === '7' ? '8' : '7'}${text.slice(at + 1)}`;
		}
		case 'line deleted':
			return `${lines.toSpliced(place, 1).join('\n')}\n`;
		case 'lines swapped': {
			const [moved = ''] = lines.splice(place, 1);
			return `${lines.toSpliced(place === 0 ? 1 : place - 1, 0, moved).join('\n')}\n`;
		}
		case 'tail cut':
			return text.slice(0, Math.floor(tampering.at * text.length));
	}
};

/** What the product says of the file: a fault of the chain, of what was seen of it before, or of whose it is. */
export const faultOf = (entries: readonly LedgerEntry[], tampering: Tampering | undefined): string | undefined => {
	const text = fileOf(entries, tampering?.kind === 'other machine' ? 'machine-2' : identity.machineId);
	const {head} = readChain(text, sha256);
	const chain = readChain(tampering ? tampered(text, tampering) : text, sha256);
	return (
		chain.fault?.problem ??
		(head && contradicts(chain, {...head, who: 'production'})) ??
		isOther(chain.header, identity)
	);
};

export const contextOf = ({
	entries,
	has,
	untrusted,
}: Pick<Situation, 'entries' | 'has' | 'untrusted'>): SignOffContext => {
	const live = has.map(app => ({app, live: liveRelease(entries, app)}));
	return {
		live: Object.fromEntries(live.flatMap(({app, live}) => (live?.build ? [[app, live.build.digest]] : []))),
		has,
		changedAt: Math.max(0, ...live.map(({live}) => live?.seq ?? 0)),
		isTrusted: seq => !untrusted.includes(seq),
	};
};

/** Facts as the product works them out from entries and hosts. */
export const factsOf = (situation: Situation): GateFacts => {
	const {app, entries, set, tampering, isLedgerAway, approvedBy} = situation;
	const {build, hostRelease, drift, health, probes, lock, fromNow, toNow, usualMs} = situation;
	const away = {unknown: 'the ledger of Pre-Prod can not be read'};
	const live = liveRelease(entries, app);
	const signOffs = entries.flatMap(entry => signOffIn(entry) ?? []);
	const items = set.filter(({scope}) => covers(scope, app));
	return {
		app,
		policy: situation.policy,
		build,
		from: {
			title: 'Pre-Prod',
			ledgerFault: isLedgerAway || !tampering ? undefined : faultOf(entries, tampering),
			live: isLedgerAway ? away : live ? {value: live} : {unknown: 'nothing is recorded as live'},
			release: hostRelease,
			drift,
			health,
			now: fromNow,
			...(live && !isLedgerAway
				? {observed: observedOf(entries, {app, live, isTrusted: seq => !situation.untrusted.includes(seq)})}
				: {}),
		},
		items: isLedgerAway ? away : {value: itemStates(items, signOffs, contextOf(situation))},
		probes,
		to: {title: 'Production', now: toNow, lock},
		approvals: isLedgerAway ? away : approvedBy,
		usualMs,
	};
};

/** What the product decides. */
export const judge = (situation: Situation): GateReport => {
	const {calendar, approvals, soakHours, soak, emergency} = situation;
	return decide(factsOf(situation), policyOf({...calendar, approvals}, {soakHours, soak}, emergency));
};
