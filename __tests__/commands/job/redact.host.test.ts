import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {createRedactor} from '../../../src/domain/logs/mask.ts';
import {rulesForHosts} from '../../../src/domain/logs/secret-rules.ts';
import {leakingLines} from '../../domain/logs/leaking-lines.ts';

const root = `${import.meta.dirname}/../../..`;

test('redactor: a host hides the same as this machine, line by line', () => {
	const harmless = readFileSync(`${root}/__tests__/fixtures/output/harmless.txt`, 'utf8');
	const block =
		'-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n"bearer": {\n"a": "b1c2d3"\n}\n';
	const text = `${leakingLines.map(([line]) => line).join('\n')}\n${block}${harmless}`;
	const {stdout, stderr, status} = spawnSync(
		'perl',
		[`${root}/src/commands/job/redact.pl`, rulesForHosts, '\u001Eend', 'nobody'],
		{input: text, encoding: 'utf8'},
	);

	expect({stderr, status}).toEqual({stderr: '', status: 0});
	expect(stdout.split('\n')).toEqual(createRedactor().text(text).split('\n'));
});
