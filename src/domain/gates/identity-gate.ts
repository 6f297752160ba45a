import {shortCommit} from '../build.ts';
import {ledgerFault, valueOf, type GateFacts} from './facts.ts';
import {listed, plural, verdictsOf, type Gate} from './gate.ts';

const is = verdictsOf('identity');

/** What is wrong with the release that is live, whatever else is missing or not known. */
export const wrongLive = (facts: GateFacts): Gate | undefined => {
	const {app, from, to} = facts;
	const broken = ledgerFault(facts);
	if (broken !== undefined)
		return is.failed(broken, 'cockpit ledger verify says more; cockpit ledger adopt begins it anew');
	const live = valueOf(from.live);
	const release = valueOf(from.release);
	if (live && release !== undefined && release !== live.release)
		return is.failed(
			`${from.title} runs release ${release}, its ledger says ${live.release}`,
			`deploy the ${app} to ${from.title} again`,
		);
	if (from.liveFault !== undefined)
		return is.failed(`${from.title}: ${from.liveFault}`, `deploy the ${app} to ${from.title} again`);
	if (to.liveFault !== undefined)
		return is.failed(
			`${to.title}: ${to.liveFault}`,
			`roll the ${app} of ${to.title} back, so that its ledger says what is live`,
		);
	const drift = valueOf(from.drift) ?? [];
	return drift.length > 0
		? is.failed(
				`${plural(drift.length, 'file')} on ${from.title} not as deployed: ${listed(drift, 2)}`,
				`deploy the ${app} to ${from.title} again`,
			)
		: undefined;
};

/** What in the work tree is not what counts. */
const differsText = ({policy}: Pick<GateFacts, 'policy'>): string => {
	const {commit, differs} = valueOf(policy) ?? {commit: undefined, differs: []};
	return differs.length === 0
		? ''
		: `; ${listed(differs, 2)} here: not as in ${shortCommit(commit ?? '')}, which counts`;
};

/** Whether the build is exactly what the environment before runs now, and everybody goes by the same policy. */
export const identityGate = (facts: GateFacts): Gate => {
	const {app, build, from, policy} = facts;
	const wrong = wrongLive(facts);
	if (wrong) return wrong;
	if ('unknown' in build) return is.unknown(build.unknown);
	const {commit, digest, uncommitted} = build.value;
	if (uncommitted > 0)
		return is.open(`${plural(uncommitted, 'changed file')} not committed`, 'commit or put aside your changes');
	if ('value' in policy && policy.value.commit === undefined)
		return is.open(
			'environments/ and checklists/ are not committed',
			'commit the policy, so that everybody goes by the same',
		);
	if ('unknown' in from.live) return is.unknown(from.live.unknown);
	if ('unknown' in from.release) return is.unknown(from.release.unknown);
	const live = from.live.value;
	if (!live.build)
		return is.open(`which build ${from.title} runs is not recorded`, `deploy the ${app} to ${from.title}`);
	const {otherwise = []} = from;
	if (live.build.digest !== digest && live.build.commit === commit && otherwise.length > 0)
		return is.open(
			`${shortCommit(commit)} is another build here: ${listed(otherwise, 3)} of the ${app} not as in ${from.title}`,
			`make ${listed(otherwise, 3)} the same in both environment files, then deploy the ${app} to ${from.title}`,
		);
	if (live.build.digest !== digest)
		return is.open(
			`${from.title} runs ${shortCommit(live.build.commit)}, not ${shortCommit(commit)}`,
			`deploy ${shortCommit(commit)} to ${from.title} first`,
		);
	if ('unknown' in from.drift) return is.unknown(from.drift.unknown);
	return is.met(
		`${shortCommit(commit)}, source ${digest.slice(0, 8)}, as ${from.title} runs it now${differsText(facts)}`,
	);
};
