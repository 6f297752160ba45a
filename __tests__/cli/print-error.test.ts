import {expect, test} from 'vitest';
import {errorObject, exitCodeOf, printError} from '../../src/cli/print-error.ts';
import {guidePlaceOf} from '../../src/domain/guides/guide-places.ts';
import {DeployError, exitCodes, type ErrorCode} from '../../src/domain/errors.ts';

const printed = (error: unknown): string => {
	let text = '';
	const err = (more: string): void => {
		text += more;
	};
	printError({err, hasColour: false}, error);
	return text;
};

const facts = {
	code: 'step-failed',
	what: 'Copy failed on web-1 (preprod)',
	why: 'cp exited with 1:\nno space',
	now: 'Live is untouched.',
	next: 'Free space.',
} as const;

test('error: what, why, now, next and log, further lines indented', () => {
	expect(printed(new DeployError({...facts, log: '/tmp/run.log'}))).toBe(
		[
			'✖ Copy failed on web-1 (preprod)',
			'  Why   cp exited with 1:',
			'        no space',
			'  Now   Live is untouched.',
			'  Next  Free space.',
			'  Guide cockpit docs --guide workflow-guide --section 51-deployment-failures    # 5.1 Deployment failures',
			'  Log   /tmp/run.log',
			'',
		].join('\n'),
	);
	expect(printed(new DeployError(facts))).not.toContain('Log');
});

test('error: text from a host moves no cursor and forges no line', () => {
	const hostile = 'a\u001B[2J\u001B]0;owned\u0007\u009B31m\rb\u0008';
	const text = printed(
		new DeployError({
			...facts,
			what: `${hostile}\n  Now   All is well.`,
			why: hostile,
			now: hostile,
			next: hostile,
		}),
	);

	expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
	expect(text.split('\n').filter(line => line.startsWith('  Now'))).toHaveLength(1);
	expect(printed(new Error(hostile))).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/);
});

test('error: a bug shows its stack, and what is no error at all is shown too', () => {
	expect(printed(new TypeError('broken'))).toMatch(/fault of the cockpit itself\nTypeError: broken\n/);
	expect(printed('thrown text')).toContain('thrown text');
	expect([exitCodeOf(new TypeError('x')), exitCodeOf('x')]).toEqual([3, 3]);
});

test.each(Object.entries(exitCodes))('error object: %s has exit code %i, as the process has', (code, exitCode) => {
	const error = new DeployError({...facts, code: code as ErrorCode});

	expect(exitCodeOf(error)).toBe(exitCode);
	const {guide, ...object} = errorObject(error);
	expect(object).toEqual({...facts, schema: 1, type: 'error', code, exitCode});
	expect(guide).toEqual(guidePlaceOf(error));
});

test('exit codes: the contract with scripts', () => {
	expect(new Set(Object.values(exitCodes))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 130]));
});
