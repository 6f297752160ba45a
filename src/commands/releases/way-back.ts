import type {Host} from '../../domain/environments/environment.ts';
import {quote} from '../shell.ts';

/** The line a person types to run a command on a host without the cockpit, as the environment names the host. */
export const sshLine = (
	{address, port, user, identityFile, knownHostsFile, proxyJump}: Host,
	...command: readonly string[]
): string =>
	[
		'ssh',
		...(port === undefined ? [] : ['-p', String(port)]),
		...(identityFile === undefined ? [] : ['-i', identityFile]),
		...(knownHostsFile === undefined ? [] : ['-o', `UserKnownHostsFile=${knownHostsFile}`]),
		...(proxyJump === undefined ? [] : ['-J', proxyJump]),
		user === undefined ? address : `${user}@${address}`,
		...command,
	]
		.map(quote)
		.join(' ');
