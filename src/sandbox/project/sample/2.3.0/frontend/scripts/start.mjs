import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {extname, join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {parseArgs} from 'node:util';

const fail = text => {
	process.stderr.write(text + '\n');
	process.exit(1);
};
const options = {port: {type: 'string', short: 'p'}, hostname: {type: 'string', short: 'H'}};
const parse = () => {
	try {
		return parseArgs({options}).values;
	} catch (error) {
		return fail(error.message);
	}
};
const {port = process.env.PORT ?? '3000', hostname = '0.0.0.0'} = parse();

// The directory of this start, whatever the link that led here points to later.
const root = process.cwd();
const next = join(root, '.next');
if (!existsSync(join(next, 'BUILD_ID')))
	fail("Error: Could not find a production build in the '.next' directory. Try building your app with 'next build' before starting the production server.");
const read = name => readFileSync(join(next, name), 'utf8');
const load = name => JSON.parse(read(name));
const filesIn = directory =>
	existsSync(directory)
		? readdirSync(directory, {recursive: true, withFileTypes: true}).filter(item => item.isFile()).map(item => join(item.parentPath, item.name))
		: [];

const buildId = read('BUILD_ID').trim();
const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const statics = new Set(filesIn(join(next, 'static')));
const publics = new Set(filesIn(join(root, 'public')));
const {rootMainFiles, styles, pages: chunks} = load('build-manifest.json');
const errorPages = {404: read('server/pages/404.html'), 500: read('server/pages/500.html')};
const importAll = async (manifest, router) =>
	Object.entries(load(manifest))
		.filter(([, file]) => file.endsWith('.js'))
		.map(async ([route, file]) => [route, {router, render: (await import(pathToFileURL(join(next, 'server', file)))).default}]);
const routes = new Map(
	await Promise.all([...(await importAll('server/pages-manifest.json', 'pages')), ...(await importAll('server/app-paths-manifest.json', 'app'))]),
);

const idFor = {
	pages: route => '<script id="__NEXT_DATA__" type="application/json">' + JSON.stringify({props: {pageProps: {}}, page: route, query: {}, buildId}) + '</script>',
	app: route => '<script>self.__next_f.push([1,' + JSON.stringify('0:' + JSON.stringify({P: null, b: buildId, p: '', c: route.split('/'), i: false}) + '\n') + '])</script>',
};
const document = (route, router, {title, meta = {}, body}) =>
	'<!DOCTYPE html><html><head><meta charset="utf-8"/><title>' + title + '</title>' +
	Object.entries(meta).map(([name, content]) => '<meta name="' + name + '" content="' + content + '">').join('') +
	styles.map(file => '<link rel="stylesheet" href="/_next/' + file + '"/>').join('') +
	[...rootMainFiles, ...(chunks[route] ?? []), 'static/' + buildId + '/_buildManifest.js'].map(file => '<script src="/_next/' + file + '" defer=""></script>').join('') +
	'</head><body><div id="__next">' + body + '</div>' + idFor[router](route) + '</body></html>';

const types = {'.js': 'application/javascript; charset=UTF-8', '.css': 'text/css; charset=UTF-8', '.svg': 'image/svg+xml'};
const html = (status, body) => ({status, type: 'text/html; charset=utf-8', cache: 'private, no-cache, no-store, max-age=0, must-revalidate', body});
// Known at boot, gone since: what next answers when .next was swapped under it.
const file = async (path, cache) =>
	readFile(path).then(
		body => ({status: 200, type: types[extname(path)] ?? 'application/octet-stream', cache, body}),
		() => html(400, 'Bad Request'),
	);
const answer = async path => {
	const asset = path.startsWith('/_next/static/') ? join(next, path.slice('/_next'.length)) : undefined;
	if (asset !== undefined) return statics.has(asset) ? file(asset, 'public, max-age=31536000, immutable') : html(404, errorPages[404]);
	if (publics.has(join(root, 'public', path))) return file(join(root, 'public', path), 'public, max-age=0');
	const page = routes.get(path === '/' ? path : path.replace(/\/$/, ''));
	if (!page) return html(404, errorPages[404]);
	try {
		return html(200, document(path, page.router, await page.render({version})));
	} catch (error) {
		process.stderr.write(String(error.stack ?? error) + '\n');
		return html(500, errorPages[500]);
	}
};

const server = createServer(async (request, response) => {
	const path = new URL(request.url, 'http://localhost').pathname;
	const {status, type, cache, body} = await answer(path);
	response.writeHead(status, {'content-type': type, 'cache-control': cache, 'x-powered-by': 'Next.js', 'content-length': Buffer.byteLength(body)});
	response.end(request.method === 'HEAD' ? undefined : body);
});
const end = () => {
	server.close(() => process.exit(0));
	server.closeIdleConnections();
};
process.on('SIGTERM', end).on('SIGINT', end);
server.on('error', error => fail('Failed to start server\n' + error.message));
// Several processes of a cluster share the port.
server.listen({port: Number(port), host: hostname, reusePort: process.env.exec_mode === 'cluster_mode'}, () =>
	process.stdout.write('- ready started server on ' + hostname + ':' + port + ', url: http://localhost:' + port + '\n'),
);
