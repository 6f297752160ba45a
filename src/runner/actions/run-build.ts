import type {BuildAction, BuildSummary} from '../../domain/runs/pipeline.ts';
import type {RunContext} from '../run-context.ts';
import {sanitise} from '../jobs/job-output.ts';

/** Builds on this machine, or finds the finished build of the same sources and values. Leaves a `BuildSummary`. */
export const runBuild = async (
	{builds, signal, step, emit}: RunContext,
	{id, request}: BuildAction,
): Promise<string> => {
	const {buildId, deploymentId, entries, isReused} = await builds.build(request, {
		signal,
		onLines: lines => emit({type: 'step.output', step, command: id, lines: lines.map(sanitise)}),
	});
	const summary: BuildSummary = {
		buildId,
		...(deploymentId === undefined ? {} : {deploymentId}),
		files: entries.length,
		sizeBytes: entries.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0),
		isReused,
	};
	return JSON.stringify(summary);
};
