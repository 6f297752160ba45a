// Checks what is not TypeScript with the tools of its language: node scripts/check-programs.ts
//   *.sh    shellcheck: as dash where no first line says otherwise, which is the sh of the hosts; examples/hooks alike
//   *.php   php -l
// A tool that is not here is named, and what it would have checked is left out. JavaScript is oxlint's.
import {execFile, type ExecFileException} from 'node:child_process';
import {globSync, readFileSync} from 'node:fs';
import {promisify} from 'node:util';

const root = `${import.meta.dirname}/..`;
const filesLike = (...patterns: readonly string[]): string[] => globSync(patterns, {cwd: root}).toSorted();

/** What a tool has to say; empty where it finds nothing. */
const run = async (
	tool: string,
	args: readonly string[],
	input = '',
): Promise<{readonly isHere: boolean; readonly isGood: boolean; readonly words: string}> => {
	try {
		const running = promisify(execFile)(tool, args, {cwd: root, maxBuffer: 1 << 26});
		running.child.stdin?.end(input);
		await running;
		return {isHere: true, isGood: true, words: ''};
	} catch (error) {
		const {code, stdout = '', stderr = ''} = error as ExecFileException;
		return code === 'ENOENT'
			? {isHere: false, isGood: true, words: `${tool} is not here: what it checks is not checked`}
			: {isHere: true, isGood: false, words: `${stdout}${stderr}`.trim()};
	}
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
		run('shellcheck', files.filter(hasShebang)),
		run('shellcheck', ['--shell=dash', `--exclude=${acrossPieces}`, ...pieces]),
		run('shellcheck', ['--shell=dash', `--include=${acrossPieces}`, '-'], together),
	]);
	return results.every(({isHere}) => isHere) ? results : results.slice(0, 1);
};

/** Each by itself, one after the other: php looks at one file only. */
const checkPhp = async () => {
	const results = [];
	for (const file of filesLike('src/**/*.php')) {
		const result = await run('php', ['-l', file]);
		results.push(result);
		if (!result.isHere) break;
	}
	return results;
};

const results = (await Promise.all([checkShell(), checkPhp()])).flat();
for (const {words} of results) if (words !== '') console.log(words);
process.exitCode = results.every(({isGood}) => isGood) ? 0 : 1;
