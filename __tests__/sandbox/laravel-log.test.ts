import {expect, test} from 'vitest';
import {signatureOf} from '../../src/domain/logs/signature.ts';
import {tuesday} from '../../src/sandbox/clock.ts';
import {laravelLog} from '../../src/sandbox/past/laravel-log.ts';
import {lastOf, pastRuns} from '../../src/sandbox/past/story.ts';
import {tiers} from '../../src/sandbox/tiers.ts';

/** What a log that is looked at for the first time is read from, at its end. */
const firstBytes = 128 * 1024;

test.each(tiers)('sandbox log of Laravel: each kind on %s was there before the last swap', tier => {
	const text = laravelLog(tier, '/var/www/qsights/backend', tuesday);
	const swapAt = lastOf(
		pastRuns(tier, () => ({commit: 'c'.repeat(40), digest: 'd'.repeat(64)})),
		'backend',
	).live.endedAt;
	const bad = [...text.matchAll(/^\[([\d-]+ [\d:]+)\] \w+\.(?:WARNING|ERROR): (.*)/gm)].map(
		([, time = '', said = '']) => ({at: Date.parse(`${time.replace(' ', 'T')}Z`), kind: signatureOf(said)}),
	);
	const kindsOf = (holds: (at: number) => boolean): readonly string[] =>
		[...new Set(bad.filter(({at}) => holds(at)).map(({kind}) => kind))].toSorted();
	const before = kindsOf(at => at < swapAt - 600_000);
	expect(before).toHaveLength(3);
	expect(kindsOf(at => at >= swapAt)).toEqual(before);
	expect(Buffer.byteLength(text)).toBeLessThan(firstBytes / 2);
});
