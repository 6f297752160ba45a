import {expect, test} from 'vitest';
import beginReceivingText from '../../src/commands/lock/fence/begin-receiving.sh';
import {beginReceiving} from '../../src/commands/lock/fence/fence.ts';
import {beginHook, keepHook} from '../../src/commands/hooks/hooks.ts';
import type {Command} from '../../src/domain/command.ts';
import type {Action, Pipeline} from '../../src/domain/runs/pipeline.ts';
import {allPipelines} from './pipelines.ts';

const attempt = 7;

/** Every action of a pipeline, those of its ways out too. */
const actionsOf = ({steps, abandon, closeAsFailed, closeAsPutBack, goBack}: Pipeline): readonly Action[] => [
	...steps.flatMap(({actions}) => actions),
	abandon,
	closeAsFailed,
	...(closeAsPutBack ? [closeAsPutBack] : []),
	...(goBack ? [goBack.job, goBack.close] : []),
];

/** What takes a stream and writes. Jobs are started by one program, which is fenced itself. */
const streamed = (action: Action): readonly Command[] => {
	if (action.kind === 'send') return [action.command(attempt)];
	return action.kind === 'transfer' ? [action.transfer.receive(attempt)] : [];
};

/** What is asked in an exec of its own, without a fence. */
const asked = (action: Action): readonly Command[] => {
	if (action.kind === 'read') return [action.command];
	return action.kind === 'transfer' ? [action.transfer.list] : [];
};

/** What changes a host, as far as it stands in a program text; `>` into a file that is named. */
const changing =
	/(?:^|[\s;&|({])(?:rm|mv|cp|ln|mkdir|rmdir|touch|tee|dd|install|chmod|chown|chgrp|truncate|kill|systemctl (?:start|stop|restart|reload))[ \t].*|[^&2]>>?\s*["$/\w].*/g;
/** Streams, a lock that is opened, and what a program writes in a directory it has made for itself and takes away again. */
const harmless =
	/2?>\s*\/dev\/null|>&2|2>&1|->|exec \d>>"\$state\/lock\/\$app\.flock"|rm -rf -- "\$scratch"|mv --help|\d?>\s*"?\$(?:scratch|file)[\w/"]*/g;
const comments = /^\s*#.*$/gm;

const changesIn = (text: string): readonly string[] =>
	text.replaceAll(comments, '').replaceAll(harmless, ' ').match(changing) ?? [];

const all = allPipelines();

test.each(all)(
	'fence, $name: what takes a stream compares run and attempt in the program that writes',
	({pipeline}) => {
		for (const {argv, label} of actionsOf(pipeline).flatMap(streamed)) {
			const [, , text = '', , ...parameters] = argv;

			/** Behind the functions it brings along. */
			const body = text.slice(text.indexOf('state=$1'));
			const fenced = body.indexOf('\nbegin_receiving\n');

			expect(text, label).toContain(beginReceiving);
			expect(fenced, label).toBeGreaterThan(0);
			expect(changesIn(body.slice(0, fenced)), label).toEqual([]);
			expect(changesIn(body.slice(fenced)), label).not.toEqual([]);
			expect(parameters, label).toContain(pipeline.record.run);
			expect(parameters, label).toContain(String(attempt));
		}
	},
);

test('fence: whoever receives compares run and attempt under the flock, before anything is written', () => {
	const [opened = '', compared = '', written = ''] = beginReceivingText.split(/\trequire_driver\n\trequire_lock\n/);

	expect(opened).toMatch(/\bflock 9 \|\| exit 94\n$/);
	expect(changesIn(opened)).toEqual([]);
	expect(changesIn(compared)).not.toEqual([]);
	expect(written).toBe('');
});

test('fence: what is written down of a hook compares run and attempt under the flock, before anything is written', () => {
	const state = {directory: 'state', app: 'backend', run: 'run-1', attempt};
	for (const {argv, label} of [beginHook(state, 'hook'), keepHook(state, {hook: 'hook', backup: '/b.tar.gz'})]) {
		const [, , text = '', , ...parameters] = argv;
		const body = text.slice(text.lastIndexOf('state=$1'));
		const [before = '', behind = ''] = body.split('\nrequire_driver\nrequire_lock\n');

		expect(before, label).toMatch(/\bflock 9 \|\| exit 94$/);
		expect(changesIn(before), label).toEqual([]);
		expect(changesIn(behind), label).not.toEqual([]);
		expect(parameters, label).toContain(String(attempt));
	}
});

test.each(all)('fence, $name: what is asked without one changes nothing', ({pipeline}) => {
	const questions = [...actionsOf(pipeline).flatMap(asked), pipeline.readLive];

	expect(questions.length).toBeGreaterThan(0);
	for (const {argv, label} of questions) expect(changesIn(argv.slice(0, 3).join('\n')), label ?? argv[0]).toEqual([]);
});

test.each(all)('fence, $name: the job that makes a release live is the one that is known to', ({pipeline}) => {
	const {actions} = pipeline.steps.find(({id}) => id === pipeline.swapStep) ?? {actions: []};
	const jobs = pipeline.steps.flatMap(({actions: one}) => one).flatMap(one => (one.kind === 'job' ? [one] : []));
	const sealing = jobs.filter(({swap}) => swap !== undefined);
	const followed = actions.flatMap(one => (one.kind === 'follow' ? [one.job] : [one.id]));

	expect(sealing).toHaveLength(1);
	expect(followed).toContain(sealing[0]?.id);
});
