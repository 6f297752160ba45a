import {type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, request as startRequest} from 'node:http';
import {nginxPage, sendAnswer, serverName} from './nginx-answers.ts';

/** They are about one connection (RFC 9110, 7.6.1), and there are two. */
const ownHeaders = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'server', 'date'];

const passedOn = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
	Object.fromEntries(Object.entries(headers).filter(([name]) => !ownHeaders.includes(name)));

const ask = (port: number, request: IncomingMessage): Promise<IncomingMessage> => {
	const {promise, resolve, reject} = Promise.withResolvers<IncomingMessage>();
	const {method, url, headers} = request;
	const forwarded = {
		...passedOn(headers),
		'x-forwarded-for': request.socket.remoteAddress ?? '',
		connection: 'close',
	};
	const upstream = startRequest({
		host: '127.0.0.1',
		port,
		// Node's types do not say that a request a server has read has both.
		...(method === undefined ? {} : {method}),
		...(url === undefined ? {} : {path: url}),
		headers: forwarded,
		agent: false,
	});
	upstream.once('response', resolve).once('error', reject);
	if (isRepeatable(request)) upstream.end();
	else request.pipe(upstream);
	return promise;
};

const isRepeatable = ({method}: IncomingMessage): boolean => method === 'GET' || method === 'HEAD';

const isReset = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ECONNRESET';

/**
 * Passes a request on to the app on this port; 502 when nothing listens there. One that is reset before an answer is
 * asked again: processes that share a port lose what waits when one of them closes it, which PM2's cluster does not.
 */
export const passOn = async (port: number, request: IncomingMessage, response: ServerResponse): Promise<void> => {
	const answer = await ask(port, request)
		.catch((error: unknown) =>
			isReset(error) && isRepeatable(request) ? ask(port, request) : Promise.reject(error),
		)
		.catch(() => undefined);
	if (answer === undefined) {
		response.shouldKeepAlive = false;
		sendAnswer(request, response, nginxPage(502, 'Bad Gateway'));
		return;
	}
	response.writeHead(answer.statusCode ?? 502, {...passedOn(answer.headers), server: serverName});
	answer.once('error', () => response.destroy());
	answer.pipe(response);
};
