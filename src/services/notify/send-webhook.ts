import {systemCode} from '../../domain/errors.ts';
import {messageText, type Message, type NotifyWay} from '../../domain/notify/message.ts';
import {Undelivered, valueFrom, type Sending} from './undelivered.ts';

/** A name from a host must not call a whole channel: Slack reads commands in angle brackets. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The address is a secret: what is said of it is the name of its variable. */
const addressFrom = ({variables}: Sending, name: string): URL => {
	const value = valueFrom(variables, name);
	const url = URL.canParse(value) ? new URL(value) : undefined;
	if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
	throw new Undelivered(`${name} holds no address that begins with https://`, {isFinal: true});
};

/** One POST of `{"text": ...}`, as Slack, Mattermost and many others take it. Throws Undelivered. */
export const sendWebhook = async (
	message: Message,
	{urlFrom}: Extract<NotifyWay, {way: 'webhook'}>,
	sending: Sending,
): Promise<void> => {
	const url = addressFrom(sending, urlFrom);
	const {timeoutMs, signal} = sending;
	const late = AbortSignal.timeout(timeoutMs);
	let answer: Response;
	try {
		answer = await fetch(url, {
			method: 'POST',
			headers: {'content-type': 'application/json'},
			body: JSON.stringify({text: escaped(messageText(message))}),
			// Whoever is sent elsewhere would carry the text to somebody nobody named.
			redirect: 'manual',
			signal: AbortSignal.any([late, signal]),
		});
	} catch (error) {
		if (late.aborted) throw new Undelivered(`no answer in ${timeoutMs / 1000} s`, {isFinal: false});
		// The message of such an error may hold the address; its code does not.
		const code = error instanceof Error ? systemCode(error.cause) : '';
		throw new Undelivered(code === '' ? 'could not be reached' : `could not be reached (${code})`, {
			isFinal: false,
		});
	}
	await answer.body?.cancel().catch(() => undefined);
	if (answer.ok) return;
	const isPassing = answer.status >= 500 || answer.status === 429 || answer.status === 408;
	throw new Undelivered(`answered ${answer.status}`, {isFinal: !isPassing});
};
