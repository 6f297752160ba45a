import {messageText, type Message, type NotifyWay} from '../../domain/notify/message.ts';
import {Undelivered, type Sending} from './undelivered.ts';

/**
 * Starts a program of this machine: the text comes by standard input, what it is about by its environment. What it
 * prints is not read: it may be anything. Throws Undelivered.
 */
export const sendCommand = async (
	message: Message,
	{argv}: Extract<NotifyWay, {way: 'command'}>,
	{variables, timeoutMs, signal}: Sending,
): Promise<void> => {
	const {execa} = await import('execa');
	const [file, ...args] = argv;
	const {event, environment, app = '', title, run = '', link = ''} = message;
	const ended = await execa(file, args, {
		env: {
			...variables,
			COCKPIT_EVENT: event,
			COCKPIT_ENVIRONMENT: environment,
			COCKPIT_APP: app,
			COCKPIT_TITLE: title,
			COCKPIT_RUN: run,
			COCKPIT_LINK: link,
		},
		extendEnv: false,
		input: `${messageText(message)}\n`,
		stdout: 'ignore',
		stderr: 'ignore',
		reject: false,
		timeout: timeoutMs,
		forceKillAfterDelay: 1000,
		cancelSignal: signal,
	});
	const {exitCode, failed, timedOut, isTerminated, signal: endedBy} = ended;
	// One that does not read its input and ends well has told whom it meant to.
	if (!failed || exitCode === 0) return;
	if (timedOut) throw new Undelivered(`did not end in ${timeoutMs / 1000} s`, {isFinal: false});
	if (exitCode !== undefined) throw new Undelivered(`exit code ${exitCode}`, {isFinal: false});
	if (isTerminated) throw new Undelivered(`ended by ${endedBy}`, {isFinal: false});
	throw new Undelivered(`could not be started${ended.code === undefined ? '' : ` (${ended.code})`}`, {isFinal: true});
};
