import {type IncomingMessage, type ServerResponse, createServer} from 'node:http';
import {readFile} from 'node:fs/promises';
import {extname, join, normalize} from 'node:path';
import type {HostLayout} from '../host/host-layout.ts';
import {type Listening, listen} from '../listen.ts';
import {type Answer, answerFromRelease, jsonAnswer, versionOf} from './laravel-app.ts';
import {loadedRelease, unitState} from './php-fpm.ts';

const types: Readonly<Record<string, string>> = {
	'.svg': 'image/svg+xml',
	'.txt': 'text/plain',
	'.js': 'text/javascript',
	'.csv': 'text/csv',
};

const nginxPage = (status: number, title: string): Answer => ({
	status,
	type: 'text/html',
	body: `<html><head><title>${status} ${title}</title></head><body><h1>${status} ${title}</h1></body></html>\n`,
});

const isOutside = (path: string): boolean => normalize(path) !== path || path.includes('\0');

const staticFile = async (directory: string, path: string): Promise<Answer> => {
	const body = isOutside(path) ? undefined : await readFile(join(directory, path)).catch(() => undefined);
	return body === undefined
		? nginxPage(404, 'Not Found')
		: {status: 200, type: types[extname(path)] ?? 'application/octet-stream', body};
};

const api = async (layout: HostLayout, path: string): Promise<Answer> => {
	if ((await unitState(layout, 'php8.1-fpm')) !== 'active') return nginxPage(502, 'Bad Gateway');
	const release = await loadedRelease(layout);
	return release === undefined ? nginxPage(502, 'Bad Gateway') : answerFromRelease(release, path);
};

const text = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

const frontendVersion = async (directory: string): Promise<string> =>
	/"version": "([^"]+)"/.exec(await text(join(directory, 'package.json')))?.[1] ?? 'unknown';

const home = async (layout: HostLayout): Promise<Answer> => {
	const buildId = (await text(join(layout.frontend, '.next/BUILD_ID'))).trim();
	if (buildId === '') return nginxPage(502, 'Bad Gateway');
	const [release, version] = await Promise.all([loadedRelease(layout), frontendVersion(layout.frontend)]);
	const backend = release === undefined ? 'unknown' : await versionOf(release);
	const data = JSON.stringify({props: {}, page: '/', buildId});
	return {
		status: 200,
		type: 'text/html; charset=utf-8',
		body:
			`<!doctype html><html><head><title>QSights</title><meta name="frontend-version" content="${version}">` +
			`<meta name="backend-version" content="${backend}"></head><body><main>QSights ${version}, API ${backend}</main>` +
			`<script id="__NEXT_DATA__" type="application/json">${data}</script></body></html>\n`,
	};
};

const answer = async (layout: HostLayout, path: string): Promise<Answer> => {
	if (path === '/') return home(layout);
	if (path.startsWith('/api/')) return api(layout, path);
	if (path.startsWith('/uploads/')) return staticFile(join(layout.backend, 'public'), path);
	if (path.startsWith('/_next/static/'))
		return staticFile(join(layout.frontend, '.next'), path.slice('/_next'.length));
	return nginxPage(404, 'Not Found');
};

const respond = async (layout: HostLayout, request: IncomingMessage, response: ServerResponse): Promise<void> => {
	// A stopped nginx has no listener; the nearest thing to a refusal here is no answer at all.
	if ((await unitState(layout, 'nginx')) !== 'active') {
		request.socket.destroy();
		return;
	}
	const {pathname} = new URL(request.url ?? '/', 'http://127.0.0.1');
	const {status, type, body} = await answer(layout, decodeURI(pathname)).catch(() =>
		jsonAnswer(500, {message: 'Server Error'}),
	);
	response.writeHead(status, {'content-type': type, 'cache-control': 'no-store', server: 'nginx/1.18.0 (Ubuntu)'});
	response.end(request.method === 'HEAD' ? undefined : body);
};

/** Serves one environment's site, API and uploads on loopback, from the files its host has at that moment. */
export const serveEnvironment = (layout: HostLayout, port?: number): Promise<Listening> =>
	listen(
		createServer((request, response) => {
			respond(layout, request, response).catch(() => request.socket.destroy());
		}),
		port,
	);
