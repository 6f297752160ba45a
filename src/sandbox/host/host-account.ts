import {execFileSync} from 'node:child_process';
import {userInfo} from 'node:os';

/** Who logs in to a sandbox host and owns everything there: the person who runs the sandbox. */
export type HostAccount = {readonly user: string; readonly group: string};

let account: HostAccount | undefined;

/** The current user's name and that of their primary group, asked for once. */
export const currentAccount = (): HostAccount =>
	(account ??= {
		user: userInfo().username,
		group: execFileSync('id', ['-gn'], {encoding: 'utf8'}).trim(),
	});
