// Checks what is not TypeScript with the tools of its language: node scripts/check-programs.ts
//   *.sh    shellcheck: as dash where no first line says otherwise, which is the sh of the hosts; examples/hooks alike
//   *.php   php -l
//   *.pl    perl -c
// A tool that is not here is named, and what it would have checked is left out. JavaScript is oxlint's. What a tool of the
// same version found good is not asked again while its bytes are the same: node_modules/.cache/programs.json.
import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {globSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {text} from 'node:stream/consumers';

const root = `${import.meta.dirname}/..`;
const filesLike = (...patterns: readonly string[]): string[] => globSync(patterns, {cwd: root}).toSorted();

type Said = {readonly isHere: boolean; readonly isGood: boolean; readonly words: string};

/** A child that ends before it has read everything says why by its exit code and its words; the pipe says nothing new. */
const ignoreBrokenPipe = ({code}: NodeJS.ErrnoException): void => {
	if (code !== 'EPIPE' && code !== 'ECONNRESET') throw new Error(`writing to a tool failed: ${code}`);
};

/** What a tool has to say; no words where it finds nothing. `input`: absent, there is nothing to read for it. */
const run = async (tool: string, args: readonly string[], input?: string): Promise<Said> => {
	const child = spawn(tool, args, {cwd: root, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']});
	child.stdin?.on('error', ignoreBrokenPipe).end(input);
	const chunks: Buffer[] = [];
	for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
	try {
		const [code] = (await once(child, 'close')) as [number | null];
		return {isHere: true, isGood: code === 0, words: code === 0 ? '' : Buffer.concat(chunks).toString().trim()};
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
		return {isHere: false, isGood: true, words: `${tool} is not here: what it checks is not checked`};
	}
};

const cache = `${root}/node_modules/.cache/programs.json`;
const good = new Set<string>();
const wasGood: ReadonlySet<string> = (() => {
	try {
		return new Set(JSON.parse(readFileSync(cache, 'utf8')) as readonly string[]);
	} catch {
		return new Set<string>();
	}
})();

const versions = new Map<string, Promise<string>>();
const versionOf = async (tool: string): Promise<string> => {
	const child = spawn(tool, ['--version'], {stdio: ['ignore', 'pipe', 'ignore']});
	const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
	return said;
};

/** As `run` of a tool over files, unless the same tool found the same bytes good. */
const check = async (
	tool: string,
	args: readonly string[],
	files: readonly string[],
	input?: string,
): Promise<Said> => {
	const version = versions.get(tool) ?? versionOf(tool).catch(() => '');
	versions.set(tool, version);
	const bytes = files.map(file => [file, readFileSync(`${root}/${file}`, 'utf8')]);
	const asked = JSON.stringify([tool, await version, args, bytes, input]);
	const key = createHash('sha256').update(asked).digest('hex');
	const said = wasGood.has(key)
		? {isHere: true, isGood: true, words: ''}
		: await run(tool, [...args, ...files], input);
	if (said.isHere && said.isGood) good.add(key);
	return said;
};

/** Set by the code that puts them in front of a program. */
const given = 'acting configuration live login name offset pm2 pm2_names pm2_user root secure_path text units';

/**
 * Programs are pieces put in front of each other, so that one piece sets what another reads: whether anybody does is
 * asked of all of them together.
 */
const acrossPieces = 'SC2034,SC2154';

const checkShell = async () => {
	const hasShebang = (file: string): boolean => readFileSync(`${root}/${file}`, 'utf8').startsWith('#!');
	const files = filesLike('{src,bench}/**/*.sh', '.ci/run', 'examples/hooks/!(*.md)');
	const pieces = files.filter(file => !hasShebang(file));
	const together = [`read -r ${given}`, ...pieces.map(file => readFileSync(`${root}/${file}`, 'utf8'))].join('\n');
	const results = await Promise.all([
		check('shellcheck', [], files.filter(hasShebang)),
		check('shellcheck', ['--shell=dash', `--exclude=${acrossPieces}`], pieces),
		check('shellcheck', ['--shell=dash', `--include=${acrossPieces}`, '-'], [], together),
	]);
	return results.every(({isHere}) => isHere) ? results : results.slice(0, 1);
};

/** Each by itself, one after the other: php looks at one file only. */
const checkPhp = async () => {
	const results = [];
	for (const file of filesLike('src/**/*.php')) {
		const result = await check('php', ['-l'], [file]);
		results.push(result);
		if (!result.isHere) break;
	}
	return results;
};

const checkPerl = async () => Promise.all(filesLike('src/**/*.pl').map(async file => check('perl', ['-c'], [file])));

const results = (await Promise.all([checkShell(), checkPhp(), checkPerl()])).flat();
const isGood = results.every(result => result.isGood);
if (isGood) {
	mkdirSync(dirname(cache), {recursive: true});
	writeFileSync(cache, JSON.stringify([...good].toSorted()));
}
for (const {words} of results) if (words !== '') console.log(words);
process.exitCode = isGood ? 0 : 1;
