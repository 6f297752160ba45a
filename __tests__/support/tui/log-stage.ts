import {stageOf} from '../../tui/screens/logs/fixtures.ts';
import {laravel, nginx} from '../../tui/screens/logs/fixtures.ts';
import {startTui} from '../../../src/tui/start-tui.tsx';
import {quietController} from './quiet-cockpit.ts';

/** The logs under a steady flood of two of them, merged or one: `log-stage.mjs LINES_PER_SECOND LOG [all]`. */
const [rate = '0', logPath = '', which = ''] = process.argv.slice(2);
const store = stageOf(({mergeLogs}) => which === 'all' && mergeLogs())();

const perMs = Number(rate) / 1000;
const start = performance.now();
let sent = 0;
const trace = Array.from(
	{length: 12},
	(_, line) => `#${line} vendor/laravel/framework/src/Illuminate/Part${line}.php(88)`,
);

/** As the controller does it: what has come in a tenth of a second is one change. */
const feed = (): void => {
	const due = Math.floor((performance.now() - start) * perMs);
	const entries = Array.from({length: due - sent}, (_, index) => {
		const number = sent + index;
		const isBad = number % 50 === 0;
		return {
			source: number % 2 === 0 ? laravel.id : nginx.id,
			at: store.getState().now,
			isTimed: true,
			level: isBad ? ('error' as const) : ('info' as const),
			text: `${isBad ? 'Mail: timeout' : 'Login'} ${number}: user ${number % 997} from 10.0.${number % 250}.18, of the programme for reminders`,
			trace: isBad ? [...trace] : [],
			masked: 0,
			isSinceSwap: true,
			isNew: false,
			...(isBad ? {signature: `kind ${number % 300}`} : {}),
		};
	});
	sent = due;
	if (entries.length > 0) store.getState().addLogs(entries);
};
const feeding = setInterval(feed, 100);

process.exitCode = await startTui({
	store,
	controller: quietController(),
	stdin: process.stdin,
	stdout: process.stdout,
	environment: process.env,
	hasColour: true,
	logPath,
});
clearInterval(feeding);
