import {stepFailed} from '../../domain/errors.ts';
import {judgeHealth, type HealthPolicy, type HealthSample} from '../../domain/health.ts';
import type {RunContext} from '../run-context.ts';

/**
 * Asks until the policy is met, its deadline has passed, or the app has said the same bad thing for long enough. Resolves
 * with the last answer in words. Throws DeployError `step-failed`.
 */
export const runProbe = async (context: RunContext, policy: HealthPolicy): Promise<string> => {
	const {probe, clock, signal, emit, step, pipeline} = context;
	const begun = clock.now();
	const samples: HealthSample[] = [];
	for (;;) {
		const atMs = clock.now() - begun;
		const {durationMs, outcome} = await probe.get(policy.url, {
			timeoutMs: Math.min(policy.timeoutMs, policy.withinMs),
			signal,
		});
		samples.push({atMs, durationMs, outcome});
		const answer = 'status' in outcome ? String(outcome.status) : outcome.error;
		const verdict = judgeHealth(policy, samples);
		const waits = verdict.verdict === 'unclear' ? {waits: verdict.waits} : {};
		emit({type: 'health.sampled', step, durationMs, answer, ...waits});

		if (verdict.verdict === 'pass') return `${answer} in ${Math.round(durationMs)} ms, ${samples.length} tries`;
		if (verdict.verdict === 'fail') {
			throw stepFailed({
				what: `Health check failed on ${pipeline.environment.name}`,
				why: `GET ${policy.url} ${verdict.reason}`,
				now: '',
				next: 'Look at the log of the app, or go back.',
			});
		}
		await clock.wait(verdict.againMs, signal);
	}
};
