import type {JobAction, Step} from '../../domain/runs/pipeline.ts';
import {hookActions, hooksAt, hooksSummary, type HookPlan} from './hook-actions.ts';
import type {Hook} from '../../domain/environments/hooks.ts';

/** Nothing waits for those that stop nothing: the swap goes on beside them. */
const isBeside = ({fails}: Hook): boolean => fails === 'go-on';

/** The hooks of a back-up that its run leans on, behind it in its own step. */
export const backUpHooks = (plan: HookPlan) =>
	hookActions(plan, 'afterBackup', {when: whenArchived, only: hook => !isBeside(hook)});

const whenArchived = {
	text: 'there is an archive',
	holds: (results: Readonly<Record<string, string | undefined>>) => (results['back-up'] ?? '').includes('verified '),
};

/** Whether a run has steps behind its health: then the last of them closes it. */
export const closesBehind = (plan: HookPlan, moment: 'afterDeploy' | 'afterRollback'): boolean =>
	hooksAt(plan, moment).length > 0 || (moment === 'afterDeploy' && hooksAt(plan, 'afterBackup').some(isBeside));

/** What comes behind a healthy deploy, within its lock: shown only where there are hooks. */
export const afterDeploy = (plan: HookPlan, close: JobAction): readonly Step[] => {
	if (!closesBehind(plan, 'afterDeploy')) return [];
	const isAnyBeside = hooksAt(plan, 'afterBackup').some(isBeside);
	return [
		...(isAnyBeside ? [afterBackup(plan)] : []),
		{
			id: 'after-deploy',
			title: 'After the deploy',
			touches: 'nothing',
			isClosing: true,
			after: ['verify', ...(isAnyBeside ? ['after-backup'] : [])],
			actions: [...hookActions(plan, 'afterDeploy'), close],
			summary: results => hooksSummary(plan, 'afterDeploy', results) || 'closed',
		},
	];
};

const afterBackup = (plan: HookPlan): Step => ({
	id: 'after-backup',
	title: 'After the backup',
	touches: 'nothing',
	isClosing: true,
	after: ['back-up'],
	actions: hookActions(plan, 'afterBackup', {when: whenArchived, only: isBeside}),
	summary: results => hooksSummary(plan, 'afterBackup', results, isBeside),
});

/** The same of a rollback. `health`: id of the step that proves it. */
export const afterRollback = (
	plan: HookPlan,
	{close, health}: {readonly close: JobAction; readonly health: string},
): readonly Step[] =>
	closesBehind(plan, 'afterRollback')
		? [
				{
					id: 'after-rollback',
					title: 'After the rollback',
					touches: 'nothing',
					isClosing: true,
					after: [health],
					actions: [...hookActions(plan, 'afterRollback'), close],
					summary: results => hooksSummary(plan, 'afterRollback', results),
				},
			]
		: [];
