// Writes pictures of the cockpit as text: node scripts/frames.ts DIRECTORY [COLUMNSxROWS...]. Needs a built product.
// Plays deploys, a rollback and a failure in the product's own sandbox and keeps the frame of each screen on the way.
import {execFileSync, spawn} from 'node:child_process';
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {setTimeout as pause} from 'node:timers/promises';
import {startSandbox} from '../__tests__/support/tui/sandbox.ts';
import {terminalEnvironment} from '../__tests__/support/tui/terminal-environment.ts';

const product = new URL('../dist/cockpit.mjs', import.meta.url).pathname;

const [directory, ...wanted] = process.argv.slice(2);
if (directory === undefined) {
	console.error('usage: node scripts/frames.ts DIRECTORY [COLUMNSxROWS...]');
	process.exit(2);
}
const sizes = (wanted.length > 0 ? wanted : ['120x40', '80x24']).map(size => size.split('x').map(Number));

/** A release that answers with errors, so that its run fails behind the swap. */
const breakBackend = (project: string): void => {
	const git = (...args: readonly string[]) =>
		execFileSync('git', ['-C', project, '-c', 'user.name=Ravi', '-c', 'user.email=ravi@example.com', ...args]);
	execFileSync('cp', [join(project, 'backend/VERSION'), join(project, 'backend/BROKEN')]);
	git('add', 'backend/BROKEN');
	git('commit', '--quiet', '--message', 'Remind evaluators twice');
};

/** A colleague's machine that dies in the middle of a deploy. */
const abandonDeploy = async (config: string, home: string): Promise<void> => {
	const child = spawn(
		process.execPath,
		[product, '--config', config, 'deploy', 'frontend', '--env', 'preprod', '--confirm', 'yes', '--json'],
		{
			env: terminalEnvironment(join(home, 'meera'), {COCKPIT_ACTOR: 'Meera'}),
			cwd: home,
			stdio: ['ignore', 'pipe', 'inherit'],
		},
	);
	for await (const line of createInterface({input: child.stdout})) {
		const event = JSON.parse(line) as {readonly type: string; readonly step?: string};
		if (event.type === 'step.started' && event.step === 'upload') child.kill('SIGKILL');
	}
};

/** Production answers with errors from here on, until the sandbox ends: nothing is deployed to it any more. */
const failProduction = (_: string, home: string): Promise<void> =>
	writeFile(join(home, 'sandbox/production/trouble'), 'fail\n');

/** What a person needs to read an item: an answer that comes sooner is not taken. */
const read = () => pause(1000);

/** The keys of a word. */
const letters = (word: string): readonly string[] => Array.from(word);

/** Name of the picture (none where it is `-`), keys that lead to it, what it shows once it is there, what is done first. */
type Scene = readonly [
	name: string,
	keys: readonly string[],
	shows: string | RegExp,
	before?: (project: string, home: string) => void | Promise<void>,
];

const scenes: readonly Scene[] = [
	['overview', [], /HOLD[^]*NO-GO/],
	['health', ['5'], /host 1 of 2[^]*API health +● ok/],
	['environments', ['8'], /read +\d+ s ago[^]*▌✗/],
	['environments-value', ['s'], 'hidden while it is typed'],
	['environments-use', ['esc', 'u'], 'Values of the working copy'],
	['-', ['esc', '1'], /HOLD[^]*NO-GO/],
	['help', ['?'], 'Keys'],
	['palette', ['esc', ':'], 'Commands'],
	['deploy-choose', ['esc', '3'], /backend\s+Pre-Prod/],
	['-', ['down'], /▌ frontend\s+Pre-Prod/],
	['deploy-review', ['enter'], 'Pre-flight checks'],
	['deploy-confirm', ['enter'], 'Type yes'],
	['deploy-word', ['y', 'e', 's'], '3 of 3'],
	['deploy-running', ['enter'], /deploy [2-8]\/9/],
	['deploy-done', [], 'Deployed'],
	['-', ['enter'], /▌ frontend\s+Pre-Prod/],
	['-', ['down'], /▌ backend\s+Production/],
	['deploy-blocked', ['enter'], 'first closed gate'],
	['checklist', ['enter'], /▌ ○ Scheduled tasks/],
	['-', ['p'], /▌ ○ An exported report/, read],
	['checklist-value', ['p'], 'Enter record', read],
	['-', ['0', 'enter'], /▌ ○ Stable on/],
	['-', ['p'], 'Enter record', read],
	['-', ['2', '4', 'enter'], '51 of 51'],
	['overview-go', ['1'], /backend.* GO /],
	['history', ['7'], /passed "Stable on/],
	['-', ['3'], 'first closed gate'],
	['production-review', ['r'], 'Pre-flight checks'],
	['production-verified', ['enter'], 'Type VERIFIED'],
	['production-blocked', ['v', 'e', 'r', 'i', 'f', 'i', 'e', 'd', 'enter'], 'DEPLOYMENT BLOCKED'],
	['-', ['enter'], /▌ backend\s+Production/],
	['-', ['enter'], 'Pre-flight checks'],
	['-', ['enter'], 'Type VERIFIED'],
	['production-server', [...letters('VERIFIED'), 'enter'], 'Type DEPLOY-TO-PRODUCTION'],
	['production-migrations', [...letters('DEPLOY-TO-PRODUCTION'), 'enter'], 'Stop here'],
	['production-done', ['down', 'enter'], /Deployed[^]*triggers fired/],
	['watch', ['enter'], /▌ ○ API health answers 200/],
	['logs', ['6'], /FOLLOW[^]*Login: user/],
	['-', ['9'], /line 1 to \d+ of/],
	['guide', ['/', ...letters('rollback'), 'enter', 'n', 'n'], /search {2}rollback {2}3 of/],
	['-', ['esc', 'esc', '3'], 'Deployed'],
	['rollback-word', ['R'], 'Type ROLLBACK'],
	['rollback-done', [...letters('ROLLBACK'), 'enter'], 'Rolled back'],
	['-', ['4'], /snapshot beside live/],
	['backups', ['g'], /▌ snapshot beside live/],
	['backups-verified', ['down', 'down', 'v'], /backend_\d+_\d+ is whole/],
	['-', ['esc', '3'], 'Rolled back'],
	['-', ['esc'], /▌ backend\s+Production/, breakBackend],
	['-', ['up', 'up'], /▌ backend\s+Pre-Prod/],
	['-', ['enter'], 'Pre-flight checks'],
	['-', ['enter'], 'Type yes'],
	['failed-after-swap', [...letters('yes'), 'enter'], 'Roll back to'],
	['went-back', ['R'], 'WENT BACK'],
	['watch-fired', ['5'], /FIRED: decide/, failProduction],
	['-', ['3'], 'WENT BACK'],
	['-', ['enter'], /▌ backend\s+Pre-Prod/],
	['-', ['down'], /▌ frontend\s+Pre-Prod/, abandonDeploy],
	['deploy-locked', ['enter'], 'first closed gate'],
	['deploy-takeover', ['t'], 'Type TAKE-OVER'],
	['-', ['esc'], /▌ frontend\s+Pre-Prod/],
];

await mkdir(directory, {recursive: true});
await using sandbox = await startSandbox();
const [[columns = 120, rows = 40] = []] = sizes;
await using screen = sandbox.open({columns, rows});
await screen.waitFor('q quit', {within: 120_000});
/**
 * The first whole frame in a size: the clock at the right edge of the first row, keys in the last one. Taken while it is
 * looked at: the next frame may have begun when somebody who waits is told.
 */
const pictureIn = async (width: number, height: number, shows: string | RegExp): Promise<string> => {
	screen.resize(width, height);
	const isShown = (text: string): boolean => (typeof shows === 'string' ? text.includes(shows) : shows.test(text));
	let picture = '';
	const look = () => {
		const head = screen.line(0).trimEnd();
		const isWhole =
			head.endsWith(' IST') &&
			[width - 2, width - 1, width].includes(head.length) &&
			screen.line(height - 1).trim() !== '';
		if (!isWhole || !isShown(screen.text())) return false;
		picture = `${screen.lines.map(line => line.trimEnd()).join('\n')}\n`;
		return true;
	};
	await screen.waitFor(look, {within: 60_000});
	return picture;
};

for (const [name, keys, shows, before] of scenes) {
	await before?.(sandbox.config, sandbox.home);
	screen.send(...keys);
	await screen.waitFor(shows, {within: 240_000});
	if (name === '-') continue;
	// A picture in each size of the same moment, as far as a run stands still for it.
	for (const [width = 120, height = 40] of sizes) {
		const file = join(directory, `${name}-${width}x${height}.txt`);
		await writeFile(file, await pictureIn(width, height, shows));
		console.log(file);
	}
}
screen.resize(50, 12);
await screen.waitFor('Too small');
await writeFile(join(directory, 'too-small-50x12.txt'), `${screen.text()}\n`);
screen.send('q');
await screen.ended();
