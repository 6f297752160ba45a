import {expect, test} from 'vitest';
import {exitCodes} from '../../src/domain/errors.ts';

test('errors: what scripts go by, word for word. Source: design, "Command line"', () => {
	expect(exitCodes).toEqual({
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
