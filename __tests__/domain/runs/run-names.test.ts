import {expect, test} from 'vitest';
import {backupName, releaseId, runId, utcStamp} from '../../../src/domain/runs/run-names.ts';

test.each([
	['Asia/Kolkata', '2026-02-10T05:53:41.123Z', 'backend_20260210_112341'],
	['Asia/Kolkata', '2026-02-09T18:29:59Z', 'backend_20260209_235959'],
	['Asia/Kolkata', '2026-02-09T18:30:00Z', 'backend_20260210_000000'],
	['UTC', '2026-01-01T00:00:00Z', 'backend_20260101_000000'],
	['America/New_York', '2026-01-01T04:59:59Z', 'backend_20251231_235959'],
	['Europe/Berlin', '2026-03-29T00:59:59Z', 'backend_20260329_015959'],
	['Europe/Berlin', '2026-03-29T01:00:00Z', 'backend_20260329_030000'],
	['Pacific/Kiritimati', '2026-02-10T10:00:00Z', 'backend_20260211_000000'],
])('backup name in %s at %s: %s', (timeZone, startedAt, name) => {
	expect(backupName({app: 'backend', startedAt, timeZone})).toBe(name);
});

test('run and release names: safe in a path and in order of time', () => {
	const startedAt = '2026-02-10T05:53:41.123Z';

	expect(utcStamp(startedAt)).toBe('20260210T055341Z');
	expect(runId({startedAt, app: 'backend', nonce: '9b1d'})).toBe('20260210T055341Z-backend-9b1d');
	expect(releaseId(startedAt, '7f3a9c2')).toBe('20260210T055341Z-7f3a9c2');
	expect(releaseId('2026-02-10T05:53:41Z', 'z') < releaseId('2026-02-10T05:53:42Z', 'a')).toBe(true);
});
