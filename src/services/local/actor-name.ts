import {userInfo} from 'node:os';

/** The name git signs commits with, else the login name. */
export const actorName = async (): Promise<string> => {
	const {execa} = await import('execa');
	const {stdout} = await execa('git', ['config', '--get', 'user.name'], {reject: false});
	return stdout?.trim() || userInfo().username;
};
