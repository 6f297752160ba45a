import {expect, test} from 'vitest';
import type {Place} from '../../../src/cli/verb.ts';
import {rollback} from '../../../src/cli/verbs/rollback.ts';
import {waysBack} from '../../control/backups/backup-answers.ts';
import {environment, fakeServices} from '../../control/fake-services.ts';

const name = 'backend_20260203_113512';

/** A person at a terminal asks for a rollback to a backup of a host that has these, and types nothing. */
const ask = async (backups: readonly string[], note: object = {}) => {
	let printed = '';
	const questions: string[] = [];
	const {services} = fakeServices({
		'ask-what-lies-between': () => ({stdout: ''}),
		'look-what-there-is-to-go-back-to': () => ({
			stdout: `${waysBack(backups)}note\t${JSON.stringify({file: `${name}.tar.gz`, ...note})}\n`,
		}),
	});
	const place = {
		environment,
		services,
		cockpit: {services},
		terminal: {
			out: (text: string) => void (printed += text),
			ask: async (question: string) => void questions.push(question),
			hasColour: false,
			isInteractive: true,
		},
	} as unknown as Place;
	const options = {to: name, confirm: [], watch: false, plan: false, json: false};
	const error: unknown = await rollback(place, 'backend', options).catch((thrown: unknown) => thrown);
	return {error, printed, questions};
};

test('rollback: before the word it is told which release a backup holds, and the snapshot of its run', async () => {
	const kept = {'database-snapshot': 'snap-77', 'database-restore': 'restore snap-77'};
	const {error, printed, questions} = await ask([name], {release: '20260201T1-8af7e1e', run: 'run-7', kept});

	expect(error).toMatchObject({code: 'wrong-word'});
	expect(printed).toContain(`${name}, 20260201T1-8af7e1e`);
	expect(printed).toContain('Database snapshot snap-77, taken before the migrations of run-7');
	expect(printed).toContain('it says: restore snap-77');
	expect(questions).toHaveLength(1);
});

test('rollback: to what is not there no word is asked for', async () => {
	const {error, questions} = await ask([]);

	expect(error).toMatchObject({
		code: 'answer-needed',
		what: expect.stringContaining('ROLLBACK BLOCKED') as string,
		why: `there is no backup ${name}`,
		now: 'Nothing was changed.',
	});
	expect(questions).toEqual([]);
});
