import {noteDone} from '../../commands/lock/lock.ts';
import type {Command} from '../../domain/command.ts';
import type {EndHealth} from '../../domain/runs/run-end.ts';
import type {RunPlan} from './plan.ts';

/** For the entry that closes a run: what is live, and that it answers as its health check has just seen it. */
export const noteHealthy = ({
	state,
	layout,
	target: {health},
}: Pick<RunPlan, 'state' | 'layout' | 'target'>): Command => {
	const good: EndHealth = {state: 'good', answer: String(health.status)};
	return noteDone(state, {live: layout.live, health: good});
};
