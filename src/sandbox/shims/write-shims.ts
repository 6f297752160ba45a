import {chmod, mkdir, rm, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {quote} from '../../commands/shell.ts';
import type {HostAccount} from '../host/host-account.ts';
import type {HostLayout} from '../host/host-layout.ts';
import {artisanModule} from './artisan.ts';
import {composerProgram} from './composer.ts';
import {dateShim} from './date.ts';
import {nginxShim} from './nginx.ts';
import {nodePreload} from './node.ts';
import {npmProgram} from './npm.ts';
import {phpProgram} from './php.ts';
import {leaveWithSandbox, pm2Program} from './pm2.ts';
import {shellPrelude} from './shell-prelude.ts';
import {sudoShim} from './sudo.ts';
import {systemctlShim} from './systemctl.ts';

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
	await writeFile(file, `${dateShim(offset)}\n`);
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
		sudo: sudoShim,
		systemctl: systemctlShim(quote(layout.backend)),
		nginx: nginxShim(quote(layout.nginxConfiguration)),
		php: start('php.cjs'),
		composer: start('composer.cjs'),
		pm2: start('pm2.cjs'),
		npm: start('npm.cjs'),
		node: `exec ${[node, '--require', inPrograms('node.cjs')].map(quote).join(' ')} "$@"`,
	};
	const modules = {
		'artisan.cjs': artisanModule,
		'php.cjs': phpProgram,
		'composer.cjs': composerProgram,
		'pm2.cjs': pm2Program,
		'npm.cjs': npmProgram,
		'node.cjs': nodePreload(join(layout.shims, 'node')),
	};

	await Promise.all([
		...Object.entries(shims).map(async ([name, text]) => {
			const file = join(layout.shims, name);
			await writeFile(file, `${shellPrelude(name, {layout, account, clockOffset})}${text}\n`);
			await chmod(file, 0o755);
		}),
		...Object.entries(modules).map(([name, text]) => writeFile(inPrograms(name), `'use strict';\n${text}\n`)),
		writeFile(inPrograms('leave-with-sandbox.mjs'), `${leaveWithSandbox}\n`),
	]);
	await writeClock(join(layout.shims, 'date'), clockOffset);
	await rm(join(layout.shims, 'php8.1'), {force: true});
	await symlink('php', join(layout.shims, 'php8.1'));
};
