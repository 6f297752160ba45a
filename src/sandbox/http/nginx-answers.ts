import type {IncomingMessage, ServerResponse} from 'node:http';
import type {HttpAnswer} from './laravel-app.ts';

export const serverName = 'nginx/1.18.0 (Ubuntu)';

/** The page nginx makes itself. */
export const nginxPage = (status: number, title: string): HttpAnswer => ({
	status,
	type: 'text/html',
	body: `<html><head><title>${status} ${title}</title></head><body><h1>${status} ${title}</h1></body></html>\n`,
});

export const sendAnswer = (request: IncomingMessage, response: ServerResponse, answer: HttpAnswer): void => {
	const {status, type, body} = answer;
	response.writeHead(status, {'content-type': type, 'cache-control': 'no-store', server: serverName});
	response.end(request.method === 'HEAD' ? undefined : body);
};
