import {expect, test} from 'vitest';
import {triggerMessage, worseMessage} from '../../../src/domain/notify/watch-messages.ts';
import {production} from '../../recipes/pipelines.ts';
import {aWatch, swapAt} from '../watch/a-watch.ts';

const down = {id: 'down', title: 'API not 200 twice in a row', short: {title: '', text: ''}} as const;
const at = swapAt + 71_000;
const place = {...production, title: 'Production', timeZone: 'Asia/Kolkata'};

test('watch messages: to the second, as they may come late; what fired and what stands no longer are about the same', () => {
	const fired = triggerMessage(
		aWatch(),
		place,
		{...down, state: 'fired', text: '502, 2 in a row', since: swapAt + 66_000},
		{key: 'k 1', at},
	);
	const quiet = triggerMessage(
		aWatch(),
		place,
		{...down, state: 'quiet', text: '200 in 60 ms'},
		{key: 'k 2', at: at + 9000},
	);

	expect(fired.lines.slice(0, 2)).toEqual(['502, 2 in a row, since 11:29:06 IST', 'Seen at 11:29:11 IST.']);
	expect(quiet.lines).toEqual(['200 in 60 ms', 'Seen at 11:29:20 IST.']);
	expect([fired.about, quiet.about]).toEqual(['trigger down', 'trigger down']);
});

test('watch messages: what is worse is about its probe, to the second', () => {
	const said = {probe: 'backend.health', title: 'API health, p95', text: '60 to 140 ms', key: 'k', at};
	const {about, lines} = worseMessage(aWatch(), place, said);

	expect(about).toBe('probe backend.health');
	expect(lines.slice(0, 2)).toEqual(['60 to 140 ms', 'Seen at 11:29:11 IST.']);
});
