import {expect, test} from 'vitest';
import askMarker from '../../src/commands/lock/marker/marker.sh';
import {claimParameters} from '../../src/commands/lock/marker/marker.ts';
import {claimOf} from '../../src/recipes/run/plan.ts';
import {releaseLayout} from '../../src/commands/release-layout.ts';
import type {Command} from '../../src/domain/command.ts';
import {targetOf} from '../../src/domain/environments/environment.ts';
import type {Action, JobAction, Pipeline} from '../../src/domain/runs/pipeline.ts';
import {allPipelines} from './pipelines.ts';

const actionsOf = ({steps, abandon, closeAsFailed, closeAsPutBack, goBack}: Pipeline): readonly Action[] => [
	...steps.flatMap(({actions}) => actions),
	abandon,
	closeAsFailed,
	...(closeAsPutBack ? [closeAsPutBack] : []),
	...(goBack ? [goBack.job, goBack.close] : []),
];

const jobsOf = (pipeline: Pipeline): readonly JobAction[] =>
	actionsOf(pipeline).flatMap(action => (action.kind === 'job' ? [action] : []));

const claimWords = ({environment, record}: Pipeline): readonly string[] => {
	const target = targetOf(environment, record.app);
	if (!target) throw new TypeError('no target');
	return claimParameters(claimOf({environment, record, layout: releaseLayout(target)}));
};

/** Whether all of `part` stands in a row in `words`, and where. */
const indexOfAll = (words: readonly string[], part: readonly string[]): number =>
	words.findIndex((_, at) => part.every((word, index) => words[at + index] === word));

/** What puts something else in the place of live, or takes the base with the marker away, as a program text has it. */
const replaces =
	/^.*(?:\bexchange "[^"]*" "\$live"|\bmv -fT -- "\$next" "\$live"|\brm -rf -- "\$base"|\bexec sudo -n -- "\$@"|\bexec sudo -n -u "\$owner" -- sh -c "\$replace").*$/gm;
const asks = /\b(?:claim_to_swap|require_marker|look_at_marker)\b/;
const comments = /^\s*#.*$/gm;

/** Program texts of a command, those it wraps and leaves for a person, too. */
const textsOf = ({argv}: Command): readonly string[] => argv.filter(word => word.includes('\n'));

const all = allPipelines();

test.each(all)(
	'marker, $name: whatever replaces live asks whose it is, in the same exec and right before',
	({pipeline}) => {
		const [live = '', base = ''] = claimWords(pipeline);
		const commands = jobsOf(pipeline).flatMap(({commands: some}) => some);
		let found = 0;
		for (const command of commands) {
			// A word of a command that is not a program: nothing asks there.
			const [program] = command.argv;
			if (['mv', 'cp', 'rsync'].includes(program)) expect(command.argv, command.label).not.toContain(live);
			for (const whole of textsOf(command)) {
				const text = whole.replace(askMarker, '').replaceAll(comments, '');
				for (const {index, 0: line} of text.matchAll(replaces)) {
					found += 1;
					const before = text.slice(0, index).trimEnd().split('\n').slice(-2).join('\n');
					if (command.label === 'keep the way back') {
						// For people, and plain: it compares by itself.
						expect(text, line).toContain('!= "$mine"');
						expect(whole).toContain(`${base}/owner`);
						continue;
					}
					expect(whole, line).toContain(askMarker);
					expect(before, line).toMatch(asks);
					expect(indexOfAll(command.argv, claimWords(pipeline)), line).toBeGreaterThan(0);
				}
			}
		}
		expect(found).toBeGreaterThan(0);
	},
);

test.each(all)('marker, $name: the command that swaps is one that asks', ({pipeline}) => {
	const swaps = jobsOf(pipeline).flatMap(({swap, commands}) => (swap === undefined ? [] : [commands[swap]]));
	const back = pipeline.goBack?.job.commands.filter(({label}) => label === 'swap back') ?? [];

	expect(swaps).toHaveLength(1);
	expect(back).toHaveLength(pipeline.goBack ? 1 : 0);
	for (const command of [...swaps, ...back]) {
		expect(
			command?.argv.some(word => word.includes(askMarker)),
			command?.label,
		).toBe(true);
		expect(indexOfAll(command?.argv ?? [], claimWords(pipeline)), command?.label).toBeGreaterThan(0);
	}
});

test.each(all)(
	'marker, $name: the lock is for a live path of its own, and asks under the flock before anything is written of the run',
	({pipeline}) => {
		const [lock] = actionsOf(pipeline).flatMap(action =>
			action.kind === 'lock' ? [action.command(1), action.command(2)] : [],
		);
		const text = lock?.argv[2] ?? '';
		const body = text.slice(text.indexOf('state=$1'));
		const asked = body.indexOf('claim_to_lock "$@" || exit $?');

		expect(lock?.argv.slice(-6)).toEqual(claimWords(pipeline));
		expect(body.indexOf('flock 9')).toBeGreaterThan(0);
		expect(asked).toBeGreaterThan(body.indexOf('flock 9'));
		expect(asked).toBeLessThan(body.indexOf('mkdir -p -- "$state/jobs/$run"'));
	},
);

test.each(all.filter(({name}) => name.startsWith('adoption')))(
	'marker, $name: is written before the link can be there',
	({pipeline}) => {
		const labels = jobsOf(pipeline).flatMap(({commands}) => commands);
		const prepared = labels.findIndex(({argv}) => argv.some(word => word.includes('asked claim_to_adopt')));
		const exchanged = labels.findIndex(({argv}) => argv.some(word => word.includes('exchange "$base/next"')));

		expect(prepared).toBeGreaterThanOrEqual(0);
		expect(prepared).toBeLessThan(exchanged);
	},
);
