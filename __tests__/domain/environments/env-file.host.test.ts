import {existsSync} from 'node:fs';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {parseEnvFile} from '../../../src/domain/environments/env-file.ts';
import {outputOf, runProgram} from '../../support/run-program.ts';

const phpDotenv = '/usr/share/php/Dotenv/autoload.php';
const hasPhp = await runProgram(['php', '-v']).then(
	({code}) => code === 0,
	() => false,
);
const hasPhpDotenv = hasPhp && existsSync(phpDotenv);
const readWithPhp = `require '${phpDotenv}';
foreach (json_decode(file_get_contents('php://stdin'), true) as $text) {
	try { $found[] = (object) Dotenv\\Dotenv::parse($text); } catch (Throwable $e) { $found[] = null; }
}
echo json_encode($found);`;

test.skipIf(!hasPhpDotenv)(
	'.env file: what is read without a fault is what Laravel reads (skipped without php and its dotenv)',
	async () => {
		const value = fc.oneof(
			fc.stringMatching(/^[\w./:@%+-]{0,12}$/),
			fc.stringMatching(/^"[\w .#=]{0,10}"$/),
			fc.stringMatching(/^'[\w .#=\\]{0,10}'$/),
			fc.constantFrom(
				'"a\\"b"',
				'"a\nb"',
				'"x\\\\y"',
				'',
				' ',
				'"',
				"'",
				'a b',
				'a#b',
				'a #b',
				'#c',
				'"a"b',
				'"a" # b',
				'null',
				'"\\n"',
			),
		);
		const line = fc.tuple(
			fc.constantFrom('', ' ', 'export '),
			fc.constantFrom('APP', 'B_1', 'C.d'),
			fc.constantFrom('=', ' = ', '= '),
			value,
		);
		const texts = fc.sample(
			fc
				.array(
					line.map(parts => parts.join('')),
					{maxLength: 4},
				)
				.map(lines => lines.join('\n')),
			{numRuns: 500, seed: 7},
		);
		const found: unknown = JSON.parse(await outputOf(['php', '-r', readWithPhp], {input: JSON.stringify(texts)}));

		const ours = texts.map(text => {
			const {entries, faults} = parseEnvFile(text);
			return faults.length > 0 ? undefined : Object.fromEntries(entries.map(({key, value}) => [key, value]));
		});
		const readable = texts.flatMap((text, index) => (ours[index] ? [{text, read: ours[index]}] : []));

		expect(readable.length).toBeGreaterThan(100);
		expect(readable).toEqual(
			texts.flatMap((text, index) =>
				ours[index] ? [{text, read: Array.isArray(found) ? found[index] : found}] : [],
			),
		);
	},
);
