import {once} from 'node:events';
import {createServer, type AddressInfo, type Socket} from 'node:net';
import {SMTPServer, type SMTPServerOptions} from 'smtp-server';
import {expect, test} from 'vitest';
import type {NotifyTarget} from '../../../src/domain/notify/message.ts';
import {transportOptions} from '../../../src/services/notify/send-mail.ts';
import {failedMessage, failedText, notifierWith} from './messages.ts';

type Mail = {
	readonly from: string;
	readonly to: readonly string[];
	readonly user: string | undefined;
	readonly isSecure: boolean;
	readonly text: string;
};

/** A real server; STARTTLS by a certificate of its own unless it is left out. */
const mailServer = async (options: SMTPServerOptions = {}) => {
	const mails: Mail[] = [];
	const server = new SMTPServer({
		authOptional: true,
		logger: false,
		onAuth: ({username, password}, _, done) =>
			username === 'cockpit' && password === 'right horse'
				? done(null, {user: username})
				: done(new Error('no such login')),
		onData: (stream, {envelope: {mailFrom, rcptTo}, user, secure}, done) => {
			let body = '';
			stream.on('data', (chunk: Buffer) => (body += chunk.toString()));
			stream.on('end', () => {
				mails.push({
					from: mailFrom === false ? '' : mailFrom.address,
					to: rcptTo.map(({address}) => address),
					user,
					isSecure: secure,
					text: body.replaceAll('\r\n', '\n'),
				});
				done();
			});
		},
		...options,
	});
	// Whoever leaves in the middle of a handshake is no fault of the test.
	server.on('error', () => undefined);
	server.listen(0, '127.0.0.1');
	await once(server.server, 'listening');
	return {
		port: (server.server.address() as AddressInfo).port,
		mails,
		[Symbol.asyncDispose]: () => new Promise<void>(resolve => server.close(resolve)),
	};
};

const mailTo = (port: number, more: {readonly user?: string; readonly passwordFrom?: string} = {}): NotifyTarget => ({
	way: 'mail',
	to: ['team@example.com', 'ops@example.com'],
	from: 'cockpit@example.com',
	server: '127.0.0.1',
	port,
	on: ['failed'],
	...more,
});

const login = {user: 'cockpit', passwordFrom: 'MAIL_PASSWORD'};

test('mail: as the server offers it by STARTTLS, with the login, to everybody named', async () => {
	await using server = await mailServer();
	const {notifier, lost} = notifierWith({variables: {MAIL_PASSWORD: 'right horse'}});
	notifier.say(failedMessage, [mailTo(server.port, login)]);
	await notifier.settled();

	expect(lost).toEqual([]);
	expect(server.mails).toMatchObject([
		{
			from: 'cockpit@example.com',
			to: ['team@example.com', 'ops@example.com'],
			user: 'cockpit',
			isSecure: true,
		},
	]);
	expect(server.mails[0]?.text).toContain(`Subject: ${failedMessage.title}\n`);
	expect(server.mails[0]?.text).toContain(`\n\n${failedText}\n`);
});

test('mail: without a login, to a server that offers neither login nor TLS', async () => {
	await using server = await mailServer({disabledCommands: ['AUTH', 'STARTTLS']});
	const {notifier, lost} = notifierWith();
	notifier.say(failedMessage, [mailTo(server.port)]);
	await notifier.settled();

	expect(lost).toEqual([]);
	expect(server.mails).toMatchObject([{user: undefined, isSecure: false}]);
});

test('mail: a login that is refused is not tried again, and what is said has no password', async () => {
	await using server = await mailServer();
	const {notifier, lost, paused} = notifierWith({variables: {MAIL_PASSWORD: 'wrong horse'}});
	notifier.say(failedMessage, [mailTo(server.port, login)]);
	await notifier.settled();

	expect(server.mails).toEqual([]);
	expect(paused).toEqual([]);
	expect(lost).toEqual([
		`not told: "${failedMessage.title}" by mail to team@example.com, ops@example.com: the server refused the login (535)`,
	]);
});

test('mail: a password that is not set is said before anybody is asked', async () => {
	const {notifier} = notifierWith();

	expect(await notifier.tellNow(failedMessage, mailTo(1, login))).toBe('MAIL_PASSWORD is not set');
});

test('mail: a server that has no time now is asked again', async () => {
	let asked = 0;
	await using server = await mailServer({
		onMailFrom: (_, __, done) => {
			asked += 1;
			done(asked < 3 ? Object.assign(new Error('try later'), {responseCode: 451}) : null);
		},
	});
	const {notifier, lost, paused} = notifierWith();
	notifier.say(failedMessage, [mailTo(server.port)]);
	await notifier.settled();

	expect(paused).toEqual([2000, 15_000]);
	expect(server.mails).toHaveLength(1);
	expect(lost).toEqual([]);
});

test('mail: a server that says nothing ends by its time limit', async () => {
	const sockets: Socket[] = [];
	const server = createServer(socket => void sockets.push(socket));
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {notifier} = notifierWith({timeoutMs: 20});
	const why = await notifier.tellNow(failedMessage, mailTo((server.address() as AddressInfo).port));
	for (const socket of sockets) socket.destroy();
	server.close();
	await once(server, 'close');

	expect(why).toBe('could not be reached (ETIMEDOUT)');
});

test.each([
	{server: 'mail.example.com', port: 587, pass: 'p', secure: false, requireTLS: true},
	{server: 'mail.example.com', port: 465, pass: 'p', secure: true, requireTLS: true},
	{server: 'mail.example.com', port: 25, pass: undefined, secure: false, requireTLS: false},
	{server: '127.0.0.1', port: 25, pass: 'p', secure: false, requireTLS: false},
])('mail: to $server:$port a password goes over TLS alone, and certificates are checked but here', given => {
	const {server, port, pass, ...expected} = given;
	const options = transportOptions(
		{way: 'mail', to: ['a@example.com'], from: 'b@example.com', server, port},
		{pass, timeoutMs: 1},
	);

	expect(options).toMatchObject(expected);
	expect('tls' in options).toBe(server === '127.0.0.1');
});
