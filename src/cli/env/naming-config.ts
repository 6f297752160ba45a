import type {Command} from 'commander';
import {renderCommand} from '../../commands/shell.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';

/** The pipeline with `--config` in its way back, where this command was given one: without it another set would be meant. */
export const namingConfig = (pipeline: Pipeline, command: Command): Pipeline => {
	const {config} = command.optsWithGlobals<{config?: string}>();
	if (config === undefined) return pipeline;
	const named = renderCommand({argv: ['cockpit', '--config', config]});
	return {...pipeline, wayBack: pipeline.wayBack.map(line => line.replace(/^cockpit(?= )/, () => named))};
};
