import {aroundPm2, savePm2, startPm2, stopPm2, whileStopped} from '../../commands/nextjs/pm2.ts';
import type {NextTarget} from '../../domain/environments/environment.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {adopt} from '../adopt/adopt.ts';
import type {AdoptPlan} from '../adopt/plan.ts';
import {job} from '../run/job.ts';

const isBuilt = (path: string): boolean => path.startsWith('.next/');

/** Its process has the directory open: it follows the link only when it is started, or reloaded, in it. */
export const adoptFrontend = (plan: AdoptPlan<NextTarget>): Pipeline =>
	adopt(
		{...plan, isKnown: path => plan.isKnown(path) || isBuilt(path)},
		{
			stop: [stopPm2(plan)],
			exchange: command => [whileStopped(plan, command)],
			start: [startPm2(plan, plan.target.health.withinMs)],
			healthy: [job('save', [savePm2(plan)])],
			around: aroundPm2(plan),
		},
	);
