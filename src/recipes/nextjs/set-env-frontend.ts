import {aroundPm2, savePm2, startPm2, stopPm2, whileStopped} from '../../commands/nextjs/pm2.ts';
import type {NextTarget} from '../../domain/environments/environment.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {job} from '../run/job.ts';
import type {EnvPlan} from '../set-env/plan.ts';
import {setEnv} from '../set-env/set-env.ts';

/** Its process has read the file when it was started: a cluster is reloaded, one process is stopped for the rename. */
export const setEnvFrontend = (plan: EnvPlan<NextTarget>): Pipeline =>
	setEnv(plan, {
		stop: [stopPm2(plan)],
		swap: command => whileStopped(plan, command),
		start: [startPm2(plan, plan.target.health.withinMs)],
		healthy: [job('save', [savePm2(plan)])],
		around: aroundPm2(plan),
	});
