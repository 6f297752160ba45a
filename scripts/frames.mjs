// Writes pictures of the cockpit as text: node scripts/frames.mjs DIRECTORY [COLUMNSxROWS...]. Needs a built product.
// Plays one deploy in the product's own sandbox and keeps the frame of each screen on the way.
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {startSandbox} from '../__tests__/support/tui/sandbox.ts';

const [directory, ...sizes] = process.argv.slice(2);
if (directory === undefined) {
	console.error('usage: node scripts/frames.mjs DIRECTORY [COLUMNSxROWS...]');
	process.exit(2);
}

/**
 * Name of the picture, keys that lead to it, and what it shows once it is there.
 * @type {readonly (readonly [string, readonly string[], string | RegExp])[]}
 */
const scenes = [
	['overview', [], /checked.*ago|\d+ s ago/],
	['help', ['?'], 'Keys'],
	['palette', ['esc', ':'], 'Commands'],
	['deploy-choose', ['esc', '3'], /backend\s+Pre-Prod/],
	['deploy-review', ['enter'], / GO /],
	['deploy-confirm', ['enter'], 'Type yes'],
	['deploy-word', ['y', 'e', 's'], '3 of 3'],
	['deploy-running', ['enter'], /deploy [3-7]\/8/],
	['deploy-done', [], 'Deployed'],
];

await mkdir(directory, {recursive: true});
await using sandbox = await startSandbox();
for (const size of sizes.length > 0 ? sizes : ['120x40', '80x24']) {
	const [columns = 120, rows = 40] = size.split('x').map(Number);
	await using screen = sandbox.open({columns, rows});
	await screen.waitFor('q quit', {within: 60_000});
	for (const [name, keys, shows] of scenes) {
		screen.send(...keys);
		await screen.waitFor(shows, {within: 60_000});
		const file = join(directory, `${name}-${size}.txt`);
		await writeFile(file, `${screen.lines.map(line => line.trimEnd()).join('\n')}\n`);
		console.log(file);
	}
	screen.resize(50, 12);
	await screen.waitFor('Too small');
	await writeFile(join(directory, 'too-small-50x12.txt'), `${screen.text()}\n`);
	screen.send('q');
	await screen.ended();
}
