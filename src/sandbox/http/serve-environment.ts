import {type IncomingMessage, type ServerResponse, createServer} from 'node:http';
import {readFile} from 'node:fs/promises';
import {extname, join, normalize} from 'node:path';
import type {HostLayout} from '../host/host-layout.ts';
import {type Listening, listen} from '../listen.ts';
import {type HttpAnswer, answerFromRelease, jsonAnswer} from './laravel-app.ts';
import {nginxPage, sendAnswer} from './nginx-answers.ts';
import {createNginxLogs, type NginxLogs} from './nginx-logs.ts';
import {passOn} from './pass-on.ts';
import {loadedRelease, unitState} from './php-fpm.ts';
import {createTroubles, type Trouble} from './trouble.ts';

const types: Readonly<Record<string, string>> = {
	'.svg': 'image/svg+xml',
	'.txt': 'text/plain',
	'.csv': 'text/csv',
};

type Served = {
	readonly layout: HostLayout;
	readonly nextPort: number;
	/** The clock of the host. */
	readonly now: () => Date;
};

/** A host that is served, with what it remembers between two requests. */
type Serving = Served & {readonly logs: NginxLogs; readonly troubleOf: (release: string) => Promise<Trouble>};

const isOutside = (path: string): boolean => normalize(path) !== path || path.includes('\0');

const staticFile = async (directory: string, path: string): Promise<HttpAnswer> => {
	const body = isOutside(path) ? undefined : await readFile(join(directory, path)).catch(() => undefined);
	return body === undefined
		? nginxPage(404, 'Not Found')
		: {status: 200, type: types[extname(path)] ?? 'application/octet-stream', body};
};

const api = async ({layout, now, troubleOf}: Serving, path: string): Promise<HttpAnswer> => {
	if ((await unitState(layout, 'php8.1-fpm')) !== 'active') return nginxPage(502, 'Bad Gateway');
	const release = await loadedRelease(layout);
	return release === undefined
		? nginxPage(502, 'Bad Gateway')
		: answerFromRelease(release, path, {now, trouble: await troubleOf(release)});
};

const answer = async (served: Serving, path: string): Promise<HttpAnswer> =>
	path.startsWith('/api/') ? api(served, path) : staticFile(join(served.layout.backend, 'public'), path);

const nextUpstream = (port: number, {url = '/'}: IncomingMessage) => ({
	url: `http://127.0.0.1:${port}${url}`,
	refusal: 'connect() failed (111: Connection refused)',
});
const phpUpstream = {
	url: 'fastcgi://unix:/run/php/php8.1-fpm.sock:',
	refusal: 'connect() to unix:/run/php/php8.1-fpm.sock failed (2: No such file or directory)',
};

const isOfBackend = (path: string): boolean => path.startsWith('/api/') || path.startsWith('/uploads/');

const respond = async (served: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> => {
	const {layout, nextPort, logs} = served;
	// A stopped nginx has no listener; the nearest thing to a refusal here is no answer at all.
	if ((await unitState(layout, 'nginx')) !== 'active') {
		request.socket.destroy();
		return;
	}
	const {pathname} = new URL(request.url ?? '/', 'http://127.0.0.1');
	const isNext = !isOfBackend(pathname);
	logs.follow(request, response, isNext ? nextUpstream(nextPort, request) : phpUpstream);
	if (isNext) return passOn(nextPort, request, response);
	sendAnswer(
		request,
		response,
		await answer(served, decodeURI(pathname)).catch(() => jsonAnswer(500, {message: 'Server Error'})),
	);
};

/** Serves one environment as its nginx does: API and uploads from the files of its host, the rest by its frontend. */
export const serveEnvironment = async (served: Served, port?: number): Promise<Listening> => {
	const {layout, now} = served;
	const logs = createNginxLogs(layout, now);
	const serving = {...served, logs, troubleOf: createTroubles(layout.trouble)};
	const listening = await listen(
		createServer((request, response) => {
			respond(serving, request, response).catch(() => request.socket.destroy());
		}),
		port,
	);
	return {
		...listening,
		close: async () => {
			await listening.close();
			await logs.settled();
		},
	};
};
