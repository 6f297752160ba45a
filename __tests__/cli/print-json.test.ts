import {expect, test} from 'vitest';
import {printJson} from '../../src/cli/print-json.ts';

test('json: one line that programs read back, with nothing in it that a terminal obeys', () => {
	let printed = '';
	const name = 'a\u009B2Jb\u202Ec\n\u001B[0m “ü”';
	printJson({out: text => void (printed += text)}, {type: 'backup', name});

	expect(printed).toBe(String.raw`{"schema":1,"type":"backup","name":"a\u009b2Jb\u202ec\n\u001b[0m “ü”"}` + '\n');
	expect(JSON.parse(printed)).toEqual({schema: 1, type: 'backup', name});
});
