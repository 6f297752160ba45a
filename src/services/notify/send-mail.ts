import {systemCode} from '../../domain/errors.ts';
import {messageText, type Message, type NotifyWay} from '../../domain/notify/message.ts';
import {Undelivered, valueFrom, type Sending} from './undelivered.ts';

/** What a server answered with, as nodemailer hands it on; its text may name the user, the code does not. */
const responseCode = (error: unknown): number | undefined =>
	error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number'
		? error.responseCode
		: undefined;

const undelivered = (error: unknown): Undelivered => {
	const answer = responseCode(error);
	const code = systemCode(error);
	if (code === 'EAUTH') return new Undelivered(`the server refused the login (${answer ?? code})`, {isFinal: true});
	if (answer !== undefined) return new Undelivered(`the server answered ${answer}`, {isFinal: answer >= 500});
	if (code === 'ETLS') return new Undelivered('no TLS could be agreed on (ETLS)', {isFinal: true});
	return new Undelivered(`could not be reached${code === '' ? '' : ` (${code})`}`, {isFinal: false});
};

/** TLS from the first byte; on any other port it begins with STARTTLS. */
const tlsPort = 465;

type MailWay = Extract<NotifyWay, {way: 'mail'}>;

/** How a server is spoken to: TLS as it offers it; a password goes over TLS alone, except to this machine itself. */
export const transportOptions = (
	{from, server, port, user}: MailWay,
	{pass, timeoutMs}: {readonly pass: string | undefined; readonly timeoutMs: number},
) => {
	const isHere = server === 'localhost' || server === '::1' || server.startsWith('127.');
	return {
		host: server,
		port,
		secure: port === tlsPort,
		requireTLS: pass !== undefined && !isHere,
		// A server on this machine has seldom a certificate that anybody signed.
		...(isHere ? {tls: {rejectUnauthorized: false}} : {}),
		...(pass === undefined ? {} : {auth: {user: user ?? from, pass}}),
		connectionTimeout: timeoutMs,
		greetingTimeout: timeoutMs,
		socketTimeout: timeoutMs,
		dnsTimeout: timeoutMs,
		disableFileAccess: true,
		disableUrlAccess: true,
	};
};

/** One plain mail. Throws Undelivered. */
export const sendMail = async (message: Message, target: MailWay, {variables, timeoutMs}: Sending): Promise<void> => {
	const {to, from, passwordFrom} = target;
	const pass = passwordFrom === undefined ? undefined : valueFrom(variables, passwordFrom);
	const {createTransport} = await import('nodemailer');
	const transport = createTransport(transportOptions(target, {pass, timeoutMs}));
	try {
		await transport.sendMail({
			to: [...to],
			from,
			subject: message.title,
			text: `${messageText(message)}\n`,
			headers: {'Auto-Submitted': 'auto-generated'},
		});
	} catch (error) {
		throw undelivered(error);
	} finally {
		transport.close();
	}
};
