import {beginHook, hostHookCommand, keepHook, keptInput} from '../../commands/hooks/hooks.ts';
import {parseHostFacts} from '../../commands/host/host-facts.ts';
import {parseWaysBack} from '../../commands/rollback/ways-back.ts';
import {hookLabel, keptFrom, type Hook, type HookFacts, type HookMoment} from '../../domain/environments/hooks.ts';
import type {Action, HookAction, JobAction, KeepAction, Results} from '../../domain/runs/pipeline.ts';
import {settledRelease} from '../rollback/plan.ts';
import {job} from '../run/job.ts';
import type {RunPlan} from '../run/plan.ts';

/** What hooks need to know of a run. `release`: of a rollback `previous`, where the host settles which one that is. */
export type HookPlan = RunPlan & {readonly release: string};

export const hooksAt = ({target}: Pick<RunPlan, 'target'>, moment: HookMoment): readonly Hook[] =>
	target.hooks?.[moment] ?? [];

const words: Readonly<Record<HookMoment, string>> = {
	beforeMigrate: 'before-migrate',
	afterBackup: 'after-backup',
	afterDeploy: 'after-deploy',
	afterRollback: 'after-rollback',
	onFailure: 'on-failure',
};

/** Id of the action that runs a hook; that of its job on the host. */
export const hookActionId = (moment: HookMoment, {id}: Pick<Hook, 'id'>): string => `hook-${words[moment]}-${id}`;

/** What is settled before anything is asked. */
const settledFacts = (
	{record, environment, host, release, backupFile}: HookPlan,
	moment: HookMoment,
): Omit<HookFacts, 'previous'> => ({
	moment,
	project: environment.project,
	environment: environment.name,
	app: record.app,
	host: host.name,
	address: host.address,
	run: record.run,
	kind: record.kind === 'rollback' ? 'rollback' : 'deploy',
	startedAt: record.startedAt,
	commit: record.commit,
	release,
	backup: backupFile,
	site: environment.urls.site,
	api: environment.urls.api,
	actor: record.actor.name,
});

const commitOf = (release: string): string => /-([\da-f]{7,40})$/.exec(release)?.[1] ?? '';

/** Which release was live when the run began to ask. One that drives a run on may find the new one live already. */
const previousIn = (results: Results, release: string): string => {
	const {'ask-host': facts, 'look-back': ways} = results;
	const live =
		facts === undefined ? (ways === undefined ? undefined : parseWaysBack(ways).live) : parseHostFacts(facts).live;
	return live === undefined || live === release ? '' : live;
};

/** The same for a hook run here, with what the run has found out so far. */
const factsFrom = (plan: HookPlan, moment: HookMoment, results: Results): HookFacts => {
	const settled = settledFacts(plan, moment);
	const release = settled.release === 'previous' ? (settledRelease(results['verify-target']) ?? '') : settled.release;
	return {
		...settled,
		release,
		commit: settled.commit || commitOf(release),
		previous: previousIn(results, release),
		backup: (results['back-up'] ?? '').includes('verified ') ? settled.backup : '',
	};
};

const keepOf = (plan: HookPlan, moment: HookMoment, hook: Hook): KeepAction => {
	const id = hookActionId(moment, hook);
	const {state, backupFile} = plan;
	return {
		kind: 'keep',
		id: `keep-${id}`,
		// Of one on the host there is nothing to write down where it said nothing: that it ended its job tells.
		when: {
			text: hook.where === 'here' ? 'it was run' : 'it asks something to be kept, or has failed',
			holds: results => (hook.where === 'here' ? results[id] !== undefined : saidBy(results[id]) !== ''),
		},
		fails: 'go-on',
		command: attempt => keepHook({...state, attempt}, {hook: id, backup: backupFile}),
		input: results => {
			const said = saidBy(results[id]);
			const failed = noteIn(said);
			return keptInput({
				kept: keptFrom(said.split('\n')),
				failed: failed === undefined ? undefined : {moment, id: hook.id, why: failed},
				said,
			});
		},
	};
};

/** Lines of what a hook left that are more than its own words. */
const saidBy = (result = ''): string =>
	result
		.split('\n')
		.filter(line => /^(?:cockpit-keep|noted:) /.test(line))
		.join('\n');

/** Why a hook failed, where the run went on from it. */
const noteIn = (said: string): string | undefined => /^noted: (.*)$/m.exec(said)?.[1];

/**
 * Runs the hooks of a moment, one after the other, and writes down what they ask to be kept. `when`: else none of them is.
 * `only`: those with one of these policies.
 */
export const hookActions = (
	plan: HookPlan,
	moment: Exclude<HookMoment, 'onFailure'>,
	{when, only = () => true}: {readonly when?: Action['when']; readonly only?: (hook: Hook) => boolean} = {},
): readonly Action[] =>
	hooksAt(plan, moment)
		.filter(only)
		.flatMap((hook): readonly Action[] => {
			const keep = keepOf(plan, moment, hook);
			const about = {fails: hook.fails, ...(when ? {when} : {})};
			return hook.where === 'host'
				? [{...hostJob(plan, moment, hook), ...about}, keep]
				: [{...hereAction(plan, moment, hook), ...about}, keep];
		});

const hereAction = (plan: HookPlan, moment: HookMoment, hook: Hook): HookAction => {
	const id = hookActionId(moment, hook);
	return {
		kind: 'hook',
		id,
		hook,
		facts: results => factsFrom(plan, moment, results),
		begin: attempt => beginHook({...plan.state, attempt}, id),
	};
};

const hostJob = (
	plan: HookPlan,
	moment: HookMoment,
	hook: Hook,
	heard: Partial<Pick<HookFacts, 'error' | 'live'>> = {},
): JobAction => ({
	...job(hookActionId(moment, hook), [
		hostHookCommand(plan.state, {
			hook,
			live: plan.layout.live,
			facts: {...settledFacts(plan, moment), ...heard},
		}),
	]),
	isMasked: true,
});

/** The hooks that hear of a failed run. Its lock is given back by then, so nothing is written down of them. */
export const failureHooks = (
	plan: HookPlan,
	{release, heard}: {readonly release: string; readonly heard: {readonly error: string; readonly live: string}},
) =>
	hooksAt(plan, 'onFailure').map(hook => {
		const facts = {...settledFacts({...plan, release}, 'onFailure'), previous: '', ...heard};
		const action: HookAction | JobAction =
			hook.where === 'host'
				? {...hostJob(plan, 'onFailure', hook, heard), isBehindClose: true}
				: {kind: 'hook', id: hookActionId('onFailure', hook), hook, facts: () => facts};
		return {hook, action};
	});

/** What became of the hooks of a moment, in a few words: `test-suite; marker failed`. */
export const hooksSummary = (
	plan: HookPlan,
	moment: HookMoment,
	results: Results,
	only: (hook: Hook) => boolean = () => true,
): string =>
	hooksAt(plan, moment)
		.filter(only)
		.map(hook => {
			const isNoted = noteIn(results[hookActionId(moment, hook)] ?? '') !== undefined;
			return isNoted ? `${hookLabel(hook)} failed, noted` : hook.id;
		})
		.join('; ');
