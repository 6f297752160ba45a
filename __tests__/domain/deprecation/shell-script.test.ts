import {expect, test} from 'vitest';
import {notForShell} from '../../../src/domain/deprecation/shell-script.ts';

test.each([
	['deploy.sh', '#!/bin/bash\n'],
	['deploy.sh', '#!/bin/sh -e\nls'],
	['deploy', '#! /usr/bin/env -S LANG=C bash -eu\n'],
	['deploy', '#!/bin/busybox sh\n'],
	['deploy.py', '#!/usr/local/bin/zsh\r\n'],
	['deploy.sh', '\u00EF\u00BB\u00BF#!/bin/ksh93\n'],
	['deploy', 'ls\n'],
	['deploy.sh', ''],
	['deploy.sh', 'r\u00E9sum\u00E9 \u00FF\n'],
])('shell script: %s that begins %j is one', (name, text) => {
	expect(notForShell(name, text)).toBeUndefined();
});

test.each([
	['deploy.sh', '#!/usr/bin/env python3\n', 'its first line names python3: '],
	['deploy.sh', '#!/usr/bin/perl -w\n', 'its first line names perl: '],
	['deploy.sh', '#!/usr/bin/env -S node --test\n', 'its first line names node: '],
	['deploy.sh', '\u00EF\u00BB\u00BF#!/usr/bin/python\n', 'its first line names python: '],
	['deploy.sh', '#!/bin/rbash\n', 'its first line names rbash: '],
	['deploy.sh', '#!\n', 'its first line names no program: '],
	['deploy.sh', '#!/bin/\u001B[31m\u00FF\n', 'its first line names ?[31m?: '],
	['deploy.py', 'import os\n', 'neither its first line nor its ending .py names a shell: '],
	['deploy.sh', '#!/bin/sh\nls\n\0\u0001', 'it is no text: it holds NUL bytes'],
])('shell script: %s that begins %j is none, and why', (name, text, why) => {
	expect(notForShell(name, text)).toContain(why);
});
