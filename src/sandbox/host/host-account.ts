import {execFileSync} from 'node:child_process';
import {userInfo} from 'node:os';

/** Who logs in to a sandbox host and owns everything there: the person who runs the sandbox. */
export type HostAccount = {readonly user: string; readonly group: string};

/** Reads the current user's name and that of their primary group. */
export const currentAccount = (): HostAccount => ({
	user: userInfo().username,
	group: execFileSync('id', ['-gn'], {encoding: 'utf8'}).trim(),
});
