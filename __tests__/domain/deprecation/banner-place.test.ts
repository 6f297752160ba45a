import fc from 'fast-check';
import {expect, test} from 'vitest';
import {bannerMarks, putBanner, takeBanner} from '../../../src/domain/deprecation/banner-place.ts';
import {isDeep} from '../../support/depth.ts';

const banner = [bannerMarks.first, 'if (', 'false', '); then :; else exit 1; fi', bannerMarks.last];
const block = `${banner.join('\n')}\n`;

test.each([
	['behind the first line', '#!/bin/bash\n', 'set -eu\nls\n'],
	['behind options of the shell', '#!/bin/sh -e\n', 'ls'],
	['behind the encoding', '#!/usr/bin/env bash\n# -*- coding: latin-1 -*-\n', '# deploys\nls \u00E9\n'],
	['behind an encoding alone', '# vim: set fileencoding=utf-8 :\n', 'ls\n'],
	['on top where no shell is named', '', 'ls\n'],
	['on top of a byte order mark, which hides the first line', '', '\u00EF\u00BB\u00BF#!/bin/bash\nls\n'],
	['on top of a comment that is about something else', '', '# how coding works here\nls\n'],
	['in an empty file', '', ''],
])('banner: goes %s', (_, head, rest) => {
	expect(putBanner(`${head}${rest}`, banner)).toBe(`${head}${block}${rest}`);
});

test('banner: each of its lines ends as the script’s do, behind a comment that hides the carriage return', () => {
	const text = putBanner('#!/bin/bash\r\nls\r\n', banner);

	expect(text).toBe(`#!/bin/bash\r\n${banner.map(line => `${line} #\r\n`).join('')}ls\r\n`);
	expect(takeBanner(text)).toEqual({without: '#!/bin/bash\r\nls\r\n', banner});
});

test('banner: a first line without an end gets one, and loses it again', () => {
	expect(putBanner('#!/bin/sh', banner)).toBe(`#!/bin/sh\n${block.slice(0, -1)}`);
	expect(takeBanner(putBanner('#!/bin/sh\r', banner))).toEqual({without: '#!/bin/sh\r', banner});
});

test('banner: what is left of one is damaged, what only speaks of one is none', () => {
	const text = putBanner('#!/bin/sh\nls\n', banner);

	expect(takeBanner(text.replace(bannerMarks.last, ''))).toBe('damaged');
	expect(takeBanner(text.replace(bannerMarks.last, `${bannerMarks.last} x`))).toBe('damaged');
	expect(takeBanner(`#!/bin/sh\nls\n${block}`)).toBeUndefined();
	expect(takeBanner('')).toBeUndefined();
});

test('banner: what is put into any bytes is taken out again, to the byte', () => {
	const piece = fc.oneof(
		fc.constantFrom(
			'#!/bin/sh',
			'#!/usr/bin/env bash -e',
			'# coding: utf-8',
			'\n',
			'\r\n',
			'\r',
			' #',
			"cat <<'E'",
		),
		fc.constantFrom(bannerMarks.last, ` ${bannerMarks.first}`, '\u00EF\u00BB\u00BF', '\u2028'),
		fc.uint8Array({maxLength: 12}).map(bytes => Buffer.from(bytes).toString('latin1')),
	);
	fc.assert(
		fc.property(fc.array(piece, {maxLength: 12}), pieces => {
			const script = pieces.join('');
			expect(takeBanner(putBanner(script, banner))).toEqual({without: script, banner});
		}),
		{numRuns: isDeep ? 20_000 : 500},
	);
});
