import {spawnSync} from 'node:child_process';
import {createHash, randomBytes} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {pathToFileURL} from 'node:url';

const out = '.next';
const say = text => process.stdout.write(text + '\n');
const filesIn = (directory, suffix) =>
	existsSync(directory)
		? readdirSync(directory, {recursive: true}).filter(name => name.endsWith(suffix)).sort().map(name => join(directory, name))
		: [];
const write = (name, text) => {
	mkdirSync(dirname(join(out, name)), {recursive: true});
	writeFileSync(join(out, name), text);
	return name;
};
const writeJson = (name, value) => write(name, JSON.stringify(value));
const digest = text => createHash('sha256').update(text).digest('hex');
const hashed = (name, ending, text) => write('static/' + name + '-' + digest(text).slice(0, 16) + ending, text);

/** 21 characters, as nanoid makes them. */
const newBuildId = () => {
	const letters = 'useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict';
	return Array.from(randomBytes(21), byte => letters[byte & 63]).join('');
};

const compile = text =>
	text.replaceAll(/\bprocess\.env\.(NODE_ENV|NEXT_PUBLIC_\w+)\b/g, (_, name) =>
		name === 'NODE_ENV' ? '"production"' : (JSON.stringify(process.env[name]) ?? 'undefined'),
	);

const stop = lines => {
	process.stderr.write('Failed to compile.\n\n' + lines + '\n\n> Build failed because of webpack errors\n');
	process.exit(1);
};
const explain = error => {
	for (const file of sources) {
		const {status, stderr} = spawnSync(process.execPath, ['--check', file], {encoding: 'utf8'});
		if (status !== 0) return './' + file + '\n' + stderr.replace(/\n\s+at [^]*$/, '').trim();
	}
	return String(error.stack ?? error);
};

say('- info Creating an optimized production build...');
for (const name of existsSync(out) ? readdirSync(out) : []) if (name !== 'cache') rmSync(join(out, name), {recursive: true});

const pages = filesIn('pages', '.js');
const appPages = filesIn('app', 'page.js');
const sources = [...pages, ...appPages, ...filesIn('lib', '.js')];
writeJson('package.json', {type: 'module'});
for (const file of sources) write('server/' + file, compile(readFileSync(file, 'utf8')));
try {
	for (const file of [...pages, ...appPages]) {
		const loaded = await import(pathToFileURL(join(process.cwd(), out, 'server', file)));
		if (typeof loaded.default !== 'function') throw new Error('./' + file + ' has no page as its default export');
	}
} catch (error) {
	stop(explain(error));
}
say('- info Compiled successfully');

const chunk = (name, text) => '(self.webpackChunk_N_E=self.webpackChunk_N_E||[]).push([[' + JSON.stringify(name) + '],' + JSON.stringify(text) + ']);\n';
const route = file => ('/' + file.replace(/^(pages|app)\//, '').replace(/(^|\/)(page|index)\.js$|\.js$/, '')).replace(/(?<=.)\/$/, '');
const shared = [
	...['webpack', 'framework', 'main'].map(name => hashed('chunks/' + name, '.js', chunk(name, name.repeat(512)))),
	...filesIn('lib', '.js').map(file => hashed('chunks/' + file.slice(0, -3).replace('/', '-'), '.js', chunk(file, compile(readFileSync(file, 'utf8'))))),
];
const styles = filesIn('styles', '.css').map(file => hashed('css/' + file.slice(7, -4), '.css', readFileSync(file, 'utf8')));
const chunks = Object.fromEntries(
	[...pages, ...appPages].map(file => [route(file), [hashed('chunks/' + file.slice(0, -3), '.js', chunk(file, compile(readFileSync(file, 'utf8'))))]]),
);
const routes = Object.keys(chunks);

const buildId = newBuildId();
const sorted = JSON.stringify(routes.filter(name => pages.some(file => route(file) === name)));
write('static/' + buildId + '/_buildManifest.js', 'self.__BUILD_MANIFEST=' + JSON.stringify({...chunks, sortedPages: JSON.parse(sorted)}) + ',self.__BUILD_MANIFEST_CB&&self.__BUILD_MANIFEST_CB();');
write('static/' + buildId + '/_ssgManifest.js', 'self.__SSG_MANIFEST=new Set([]);self.__SSG_MANIFEST_CB&&self.__SSG_MANIFEST_CB()');
for (const [name, title] of [['404', 'This page could not be found.'], ['500', 'Internal Server Error.']])
	write('server/pages/' + name + '.html', '<!DOCTYPE html><html><head><title>' + name + ': ' + title + '</title></head><body><h1>' + name + '</h1><h2>' + title + '</h2></body></html>');
writeJson('server/pages-manifest.json', {...Object.fromEntries(pages.map(file => [route(file), file])), '/404': 'pages/404.html', '/500': 'pages/500.html'});
writeJson('server/app-paths-manifest.json', Object.fromEntries(appPages.map(file => [route(file), file])));
writeJson('build-manifest.json', {rootMainFiles: shared, styles, pages: chunks, lowPriorityFiles: ['static/' + buildId + '/_buildManifest.js', 'static/' + buildId + '/_ssgManifest.js']});
writeJson('routes-manifest.json', {version: 3, basePath: '', staticRoutes: routes.map(page => ({page})), dynamicRoutes: []});
writeJson('prerender-manifest.json', {version: 4, routes: {}, dynamicRoutes: {}, notFoundRoutes: [], preview: {previewModeId: randomBytes(16).toString('hex')}});
writeJson('required-server-files.json', {version: 1, config: {distDir: out, reactStrictMode: true}, appDir: process.cwd(), files: ['routes-manifest.json', 'server/pages-manifest.json', 'build-manifest.json', 'prerender-manifest.json', 'BUILD_ID'].map(name => join(out, name)), ignore: []});
write('cache/webpack/client-production/0.pack', digest(sources.join()).repeat(1024));
writeJson('trace', [{name: 'next-build', id: 1}]);
// Last: a build that was cut has none, and is not served.
write('BUILD_ID', buildId);

say('\nRoute                Size');
for (const name of routes) say('○ ' + name.padEnd(18) + ' ' + chunks[name].reduce((sum, file) => sum + readFileSync(join(out, file)).length, 0) + ' B');
say('\n○  (Static)  prerendered as static content');
