import {startTui} from '../../../src/tui/start-tui.tsx';
import {stages} from '../../tui/screens/deploy/fixtures.ts';
import {quietController, quietStore} from './quiet-cockpit.ts';

/** A run whose output comes at a steady rate: `stream-stage.mjs LINES_PER_SECOND LOG`. Batches every 20 ms. */
const [rate = '0', logPath = ''] = process.argv.slice(2);
const store = stages['run']?.() ?? quietStore();
const {output} = store.getState();

const perMs = Number(rate) / 1000;
const start = performance.now();
let sent = 0;
const feed = (): void => {
	const due = Math.floor((performance.now() - start) * perMs);
	const texts = Array.from(
		{length: due - sent},
		(_, index) =>
			`  - Installing vendor/package-${(sent + index) % 997} (v${sent + index}.4.1): Extracting archive`,
	);
	sent = due;
	if (texts.length > 0) output.push(Date.now(), 'install-dependencies', texts);
};
// As the use case does it: lines at once, the version number at most every 100 ms.
const feeding = setInterval(feed, 20);
const telling = setInterval(() => Number(rate) > 0 && store.getState().bumpOutput(), 100);

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
clearInterval(telling);
