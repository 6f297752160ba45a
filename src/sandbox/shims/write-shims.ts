import {chmod, mkdir, rm, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {quote} from '../../commands/shell.ts';
import type {HostAccount} from '../host/host-account.ts';
import type {HostLayout} from '../host/host-layout.ts';
import {hostPath} from '../host/host-shell.ts';
import artisan from './artisan.cjs';
import composer from './composer.cjs';
import date from './date.sh';
// oxlint-disable-next-line import/default -- imported as text
import leaveWithSandbox from './leave-with-sandbox.mjs';
import nginx from './nginx.sh';
import npm from './npm.cjs';
import php from './php.cjs';
import pm2 from './pm2.cjs';
import prelude from './prelude.sh';
import ps from './ps.sh';
import sudo from './sudo.sh';
import systemctl from './systemctl.sh';

type ShimOptions = {
	readonly layout: HostLayout;
	readonly account: HostAccount;
	/** Absolute path of the Node that runs the shims written in JavaScript. */
	readonly node: string;
	/** Seconds the host's clock is ahead of this machine's. Default: 0. */
	readonly clockOffset?: number;
};

/** Without what the other shims start with: a script asks for the time again and again, and no log is kept of it. */
const writeClock = async (file: string, offset: number): Promise<void> => {
	await rm(file, {force: true});
	if (offset === 0) return;
	await writeFile(file, `#!/bin/sh\noffset=${offset}\n${date}\n`);
	await chmod(file, 0o755);
};

/** Where the program of a tool is. */
export const programFile = ({shims}: HostLayout, name: string): string => join(shims, '.programs', name);

/** What every program is told of its host, as its first word. `clockOffset`: seconds its clock is ahead. */
export const hostWord = (layout: HostLayout, clockOffset: number): string => JSON.stringify({...layout, clockOffset});

/** Writes the tools a deploy calls into `<root>/shims`, in place of the real ones. What is there is replaced. */
export const writeShims = async ({layout, account, node, clockOffset = 0}: ShimOptions): Promise<void> => {
	const inPrograms = (name: string) => programFile(layout, name);
	await mkdir(inPrograms('.'), {recursive: true});
	const start = (program: string) =>
		`exec ${[node, inPrograms(program), hostWord(layout, clockOffset)].map(quote).join(' ')} "$@"`;
	const shims = {
		sudo,
		systemctl: [`live=${quote(layout.backend)}`, systemctl].join('\n'),
		nginx: [`configuration=${quote(layout.nginxConfiguration)}`, nginx].join('\n'),
		php: start('php.cjs'),
		composer: start('composer.cjs'),
		pm2: start('pm2.cjs'),
		npm: start('npm.cjs'),
		ps,
		node: `exec ${[node, '--require', inPrograms('node.cjs')].map(quote).join(' ')} "$@"`,
	};
	const modules = {
		'artisan.cjs': artisan,
		'php.cjs': php,
		'composer.cjs': composer,
		'pm2.cjs': pm2,
		'npm.cjs': npm,
		// A program that looks for pm2 or npm beside its Node must not find those of the machine the sandbox runs on.
		'node.cjs': `process.execPath = ${JSON.stringify(join(layout.shims, 'node'))};`,
	};
	/** `acting` is whom sudo runs it as; `login` without sudo. */
	const constants = (name: string) => [
		'#!/bin/sh',
		'# Written anew at every start of the sandbox.',
		`name=${name}`,
		`root=${quote(layout.root)}`,
		`login=${quote(account.user)}`,
		`offset=${clockOffset}`,
		`units=${quote(layout.units)}`,
		`secure_path=${quote(hostPath(layout.root))}`,
		'acting=${SANDBOX_AS-login}',
	];

	await Promise.all([
		...Object.entries(shims).map(async ([name, text]) => {
			const file = join(layout.shims, name);
			await writeFile(file, `${[...constants(name), prelude, text].join('\n')}\n`);
			await chmod(file, 0o755);
		}),
		...Object.entries(modules).map(([name, text]) => writeFile(inPrograms(name), `'use strict';\n${text}\n`)),
		writeFile(inPrograms('leave-with-sandbox.mjs'), `${leaveWithSandbox}\n`),
	]);
	await writeClock(join(layout.shims, 'date'), clockOffset);
	await rm(join(layout.shims, 'php8.1'), {force: true});
	await symlink('php', join(layout.shims, 'php8.1'));
};
