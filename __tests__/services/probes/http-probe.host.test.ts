import {createServer, type RequestListener, type Server} from 'node:http';
import {createServer as createTlsServer} from 'node:https';
import {createServer as createTcpServer, type AddressInfo, type Server as TcpServer} from 'node:net';
import tls from 'node:tls';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {httpProbe} from '../../../src/services/probes/http-probe.ts';
import {makeCertificates, opensslMissing, type Certified} from './certificates.ts';

const listen = async (server: Server | TcpServer): Promise<number> => {
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		if ('closeAllConnections' in server) server.closeAllConnections();
		return new Promise<void>(resolve => server.close(() => resolve()));
	});
	return (server.address() as AddressInfo).port;
};

const serve = async (answer: RequestListener): Promise<string> =>
	`http://127.0.0.1:${await listen(createServer(answer))}`;

const ask = (url: string, options: Partial<Parameters<typeof httpProbe.get>[1]> = {}) =>
	httpProbe.get(url, {timeoutMs: 10_000, ...options});

test('an answer tells status, headers, body and the parts of its time', async () => {
	const url = await serve((request, response) => {
		response.setHeader('X-Frame-Options', 'DENY');
		response.end(`asked by ${request.headers['user-agent']}`);
	});

	const answer = await ask(url);

	expect(answer).toMatchObject({outcome: {status: 200}, body: 'asked by release-cockpit'});
	expect(answer.headers?.['x-frame-options']).toBe('DENY');
	expect(Object.keys(answer.parts ?? {})).toEqual(expect.arrayContaining(['tcp', 'firstByte']));
	expect(answer.isCut).toBeUndefined();
});

test.each([404, 500, 503])('a %i is an answer, and is asked for once', async status => {
	let asked = 0;
	const url = await serve((_, response) => {
		asked += 1;
		response.writeHead(status).end('no');
	});

	expect(await ask(url)).toMatchObject({outcome: {status}, body: 'no'});
	expect(asked).toBe(1);
});

test('a redirect is the answer; followed it is counted, and tells where it ended without what may be a token', async () => {
	const url = await serve((request, response) => {
		if (request.url === '/end?token=geheim') response.end('here');
		else response.writeHead(302, {location: '/end?token=geheim'}).end();
	});

	const plain = await ask(url);
	const followed = await ask(url, {followRedirects: true});

	expect(plain.outcome).toEqual({status: 302});
	expect(plain.headers?.['location']).toBe('/end?token=geheim');
	expect(followed).toMatchObject({outcome: {status: 200}, body: 'here', redirects: {count: 1, last: `${url}/end`}});
});

test('a redirect in a circle is no answer', async () => {
	const url = await serve((request, response) => response.writeHead(302, {location: `${request.url}0`}).end());

	expect((await ask(url, {followRedirects: true})).outcome).toEqual({error: 'redirected more than 5 times'});
});

test('a server that says nothing is no answer when the time is up', async () => {
	const url = await serve(() => undefined);

	expect((await ask(url, {timeoutMs: 300})).outcome).toEqual({error: 'no answer within 300 ms'});
});

test('a server that never ends its answer is no answer when the time is up', async () => {
	const url = await serve((_, response) => {
		response.write('begun');
	});

	expect((await ask(url, {timeoutMs: 300})).outcome).toEqual({error: 'no answer within 300 ms'});
});

test('nothing that listens, and a connection that is closed, are told in words', async () => {
	const gone = createTcpServer();
	await new Promise<void>(resolve => gone.listen(0, '127.0.0.1', resolve));
	const {port} = gone.address() as AddressInfo;
	await new Promise(resolve => gone.close(resolve));
	const closing = await listen(createTcpServer(socket => socket.destroy()));

	expect((await ask(`http://127.0.0.1:${port}`)).outcome).toEqual({error: 'connection refused'});
	expect((await ask(`http://127.0.0.1:${closing}`)).outcome).toEqual({
		error: 'connection closed without an answer',
	});
});

test('an address that is none is no answer', async () => {
	expect((await ask('http://[nowhere')).outcome).toHaveProperty('error');
});

test('a body longer than what is kept is cut, and told so; one without an end is not read to it', async () => {
	const url = await serve((request, response) => {
		if (request.url === '/long') return response.end('x'.repeat(9000));
		const more = (): void => {
			while (response.write(Buffer.alloc(65_536)));
		};
		response.on('drain', more);
		return more();
	});

	const long = await ask(`${url}/long`, {maxBodyBytes: 5000});
	const endless = await ask(`${url}/endless`);

	expect([long.body.length, long.isCut]).toEqual([5000, true]);
	expect(endless).toMatchObject({outcome: {status: 200}, isCut: true});
});

test('whoever stops asking has no answer', async () => {
	const url = await serve(() => undefined);
	const stop = new AbortController();
	const answer = ask(url, {signal: stop.signal});
	stop.abort();

	expect((await answer).outcome).toHaveProperty('error');
});

const missing = await opensslMissing();

describe.skipIf(missing)(`over TLS${missing === undefined ? '' : ` (${missing})`}`, () => {
	let certificates: ReturnType<typeof makeCertificates>;
	const trusted = tls.getCACertificates('default');
	beforeAll(() => {
		certificates = makeCertificates();
		tls.setDefaultCACertificates([...trusted, certificates.authority]);
	});
	afterAll(() => tls.setDefaultCACertificates(trusted));

	const serveTls = async (certified: Certified): Promise<string> =>
		`https://127.0.0.1:${await listen(createTlsServer(certified, (_, response) => response.end('secret page')))}`;

	test('a good certificate tells until when it is, and how long the handshake took', async () => {
		const answer = await ask(await serveTls(certificates.good));

		expect(answer).toMatchObject({outcome: {status: 200}, body: 'secret page'});
		expect(answer.certificateProblem).toBeUndefined();
		expect(answer.parts).toHaveProperty('tls');
		expect(Math.round(((answer.certificateUntil ?? 0) - Date.now()) / 86_400_000)).toBe(9);
	});

	test.each([
		{which: 'expired', problem: 'expired'},
		{which: 'otherName', problem: 'for another name'},
	] as const)(
		'a certificate that is $problem is no answer, and nothing of the page is kept',
		async ({which, problem}) => {
			const answer = await ask(await serveTls(certificates[which]));

			expect(answer).toMatchObject({
				outcome: {error: `the certificate is ${problem}`},
				certificateProblem: problem,
				body: '',
			});
			expect(answer.certificateUntil).toBeTypeOf('number');
		},
	);

	test('a self-signed certificate is no answer', async () => {
		tls.setDefaultCACertificates(trusted);
		onTestFinished(() => tls.setDefaultCACertificates([...trusted, certificates.authority]));

		expect((await ask(await serveTls(certificates.selfSigned))).outcome).toEqual({
			error: 'the certificate is self-signed',
		});
	});

	test('a redirect that leaves by a bad certificate is followed to no answer', async () => {
		const end = await serveTls(certificates.good);
		const port = await listen(
			createTlsServer(certificates.expired, (_, response) => response.writeHead(302, {location: end}).end()),
		);

		expect((await ask(`https://127.0.0.1:${port}`, {followRedirects: true})).outcome).toEqual({
			error: 'the certificate is expired',
		});
	});

	test('a server without TLS is told as one', async () => {
		const url = await serve((_, response) => response.end());

		expect((await ask(url.replace('http:', 'https:'))).outcome).toEqual({error: 'no TLS that both sides speak'});
	});
});
