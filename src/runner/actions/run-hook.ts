import {dirname} from 'node:path';
import {hookLabel, keptFrom, type Kept} from '../../domain/environments/hooks.ts';
import {stepFailed, type DeployError} from '../../domain/errors.ts';
import type {HookEnd} from '../../domain/ports.ts';
import type {HookAction, Results} from '../../domain/runs/pipeline.ts';
import {renderCommand} from '../../commands/shell.ts';
import {explainFenced, placeOf} from '../endings/explain.ts';
import type {RunContext} from '../run-context.ts';
import {noteNotKept} from './note-not-kept.ts';

const markTimeoutMs = 60_000;
const toldLines = 6;

/**
 * Runs a hook here, or tells what it said when an earlier driver ran it to its end. One whose end nobody knows is run again
 * where the run leans on it, and only noted where it does not, or where the run has come past it. Throws DeployError
 * `step-failed`, `cancelled`, `taken-over`.
 */
export const runHook = async (
	context: RunContext,
	action: HookAction,
	{results, isBehind}: {readonly results: Results; readonly isBehind: boolean},
): Promise<string> => {
	const {hook} = action;
	const begun = action.begin === undefined ? 'new' : await begin(context, action);
	const [state = '', ...said] = begun.split('\n');
	if (state === 'ended') return said.join('\n');
	const isUnknown = state === 'begun';
	const unknown = `${hookLabel(hook)} had begun before this driver, and its end is not known`;
	if (isBehind) return isUnknown ? `noted: ${unknown}: the run is past it, and it is not run again` : '';
	if (isUnknown && hook.fails === 'go-on') return `noted: ${unknown}: it is not run again`;
	if (isUnknown) context.emit({type: 'run.noted', step: context.step, text: `${unknown}: it is run again`});
	const end = await run(context, action, results);
	if (end.how !== 'exit' || end.code !== 0) throw failed(context, action, end);
	noteNotKept(context, end.stdout);
	return keepLines(keptFrom(end.stdout)).join('\n');
};

const begin = async (context: RunContext, {begin}: HookAction): Promise<string> => {
	const {session, attempt, signal, persist} = context;
	const command = begin?.(attempt);
	if (!command) return 'new';
	const result = await persist(() =>
		session.exec(renderCommand(command), {lane: 'run', timeoutMs: markTimeoutMs, signal}),
	);
	if (result.code !== 0) throw explainFenced(context, command.label ?? '', result);
	return result.stdout.trimEnd();
};

const run = (context: RunContext, {hook, facts}: HookAction, results: Results): Promise<HookEnd> => {
	const {hooks, pipeline, attempt, signal, step, emit} = context;
	const {environment, record} = pipeline;
	return hooks.run(hook, {
		directory: dirname(dirname(environment.file)),
		commit: record.policy?.commit ?? undefined,
		facts: {...facts(results), attempt},
		onLines: lines => emit({type: 'step.output', step, command: hookLabel(hook), lines}),
		signal,
	});
};

const keepLines = (kept: Kept): readonly string[] =>
	Object.entries(kept).map(([name, value]) => `cockpit-keep ${name}=${value}`);

const howEnded = ({hook}: HookAction, {how, code}: HookEnd): string => {
	if (how === 'timeout') return `did not end in ${hook.timeoutMs / 1000} s, and was ended`;
	if (how === 'unstarted') return 'could not be started';
	return code === undefined ? 'was ended by a signal' : `exited with ${code}`;
};

const failed = (place: RunContext, action: HookAction, end: HookEnd): DeployError => {
	const words = end.lastLines.filter(line => line.trim() !== '').slice(-toldLines);
	return stepFailed({
		what: placeOf(place, 'failed'),
		why: [
			`${hookLabel(action.hook)} ${howEnded(action, end)}${words.length > 0 ? ':' : ''}`,
			...words.map(line => line.trim()),
		].join('\n'),
		now: '',
		next: `Run it by itself (${action.hook.run.join(' ')}), mend what it says, then start again.`,
	});
};
