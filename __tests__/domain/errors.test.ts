import {expect, test} from 'vitest';
import {blocked, exitCodes, locked, misconfigured, stepFailed, usage} from '../../src/domain/errors.ts';

test('errors: what scripts go by, word for word. Source: design, "Command line"', () => {
	expect(exitCodes).toEqual({
		'answer-unreadable': 5,
		blocked: 1,
		'wrong-word': 1,
		usage: 2,
		configuration: 2,
		'answer-needed': 2,
		'step-failed': 3,
		'job-lost': 3,
		timeout: 3,
		'remote-signal': 3,
		'ledger-conflict': 3,
		'failed-after-swap': 4,
		'host-key-unknown': 5,
		'host-key-changed': 5,
		'auth-failed': 5,
		'key-file': 5,
		unreachable: 5,
		'link-lost': 5,
		locked: 6,
		'taken-over': 6,
		'checked-bad': 7,
		cancelled: 130,
	});
});

test('errors: a refusal has changed nothing unless it says more; a step that failed always says what is live', () => {
	const said = {what: 'What', why: 'why', next: 'Next.'};
	const now = 'Nothing was changed.';

	expect(blocked(said)).toMatchObject({...said, code: 'blocked', now});
	expect(locked(said)).toMatchObject({...said, code: 'locked', now});
	expect(usage(said)).toMatchObject({...said, code: 'usage', now});
	expect(misconfigured(said)).toMatchObject({...said, code: 'configuration', now});
	expect(usage({...said, now: 'Nothing was recorded.'}).now).toBe('Nothing was recorded.');
	expect(stepFailed({...said, now: 'Live is new.'})).toMatchObject({
		...said,
		code: 'step-failed',
		now: 'Live is new.',
	});
	expect(blocked({...said, cause: 'tar'})).toMatchObject({cause: 'tar', message: 'What: why'});
});
