import {userInfo} from 'node:os';
import {usage, type DeployError} from '../../domain/errors.ts';

/** One line that a terminal shows as it is. */
const isName = (text: string): boolean => text.length <= 100 && /\S/.test(text) && !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);

const notAName = (claimed: string): DeployError =>
	usage({
		what: 'COCKPIT_ACTOR is not a name',
		why: `${JSON.stringify(claimed.slice(0, 100))} is not one line of at most 100 printable characters`,
		next: 'Set it to your name, or unset it: git config user.name is used then.',
	});

/**
 * Who acts here: the name that `claimed` (`COCKPIT_ACTOR`) gives, else the one git signs commits with, else the login
 * name. Throws DeployError `usage` for a claimed name with anything but printable characters.
 */
export const actorName = async (claimed?: string): Promise<string> => {
	const name = claimed?.trim() ?? '';
	if (name !== '') {
		if (isName(name)) return name;
		throw notAName(name);
	}
	const {execa} = await import('execa');
	const {stdout} = await execa('git', ['config', '--get', 'user.name'], {reject: false});
	return stdout?.trim() || userInfo().username;
};
