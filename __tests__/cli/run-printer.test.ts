import {expect, test} from 'vitest';
import {printRun} from '../../src/cli/run-printer.ts';
import type {Terminal} from '../../src/cli/terminal.ts';
import {emptyRun, foldRun} from '../../src/domain/runs/run-state.ts';
import {started} from '../../src/runner/run-pipeline.ts';
import {deployPipeline} from '../recipes/pipelines.ts';

test('a run that is driven on is told by the titles and numbers of its steps, wherever it was begun', () => {
	let printed = '';
	const terminal = {out: (text: string) => void (printed += text), hasColour: false} as unknown as Terminal;
	const before = foldRun(emptyRun, {at: 0, ...started(deployPipeline('backend'))});
	const print = printRun(terminal, before);

	print({at: 1, type: 'run.resumed', run: 'run-1', attempt: 2});
	print({at: 2, type: 'step.started', step: 'rebuild-caches'});
	print({at: 3, type: 'step.finished', step: 'rebuild-caches', state: 'done', durationMs: 1000});

	expect(printed).toMatch(/▸ \d\/8 [A-Z][\w ]+\n✓ \d\/8 [A-Z]/);
	expect(printed).not.toContain('rebuild-caches');
});
