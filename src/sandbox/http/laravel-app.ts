import {existsSync} from 'node:fs';
import {appendFile, readFile, readdir} from 'node:fs/promises';
import {join, posix} from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {analyticsAnswer} from './analytics.ts';
import type {Trouble} from './trouble.ts';

export type HttpAnswer = {readonly status: number; readonly type: string; readonly body: string | Buffer};

export const jsonAnswer = (status: number, value: unknown): HttpAnswer => ({
	status,
	type: 'application/json',
	body: JSON.stringify(value),
});

const read = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);

const phpFiles = async (directory: string): Promise<readonly string[]> => {
	const names = await readdir(directory, {recursive: true}).catch(() => []);
	return names.filter(name => name.endsWith('.php')).map(name => join(directory, name));
};

const firstBroken = async (app: string): Promise<string | undefined> => {
	const files = (await Promise.all(['app', 'routes', 'config'].map(folder => phpFiles(join(app, folder))))).flat();
	const texts = await Promise.all(files.map(read));
	return files.find((_, index) => texts[index]?.includes('<?php syntax error'));
};

/** The value of one key of the cached configuration, as config:cache writes it. */
const cached = (configuration: string, key: string): string | undefined =>
	new RegExp(`'${key}' => '([^']*)'`).exec(configuration)?.[1];

/** Why this release cannot answer, or nothing when it can. */
const fault = async (app: string): Promise<string | undefined> => {
	if (!existsSync(join(app, 'vendor/autoload.php'))) return 'require(vendor/autoload.php): Failed to open stream';
	if (existsSync(join(app, 'BROKEN'))) return `BROKEN: ${await read(join(app, 'BROKEN'))}`;
	const broken = await firstBroken(app);
	if (broken !== undefined) return `syntax error, unexpected identifier "error" in ${broken}`;
	const configuration = await read(join(app, 'bootstrap/cache/config.php'));
	if (configuration === undefined)
		return /^APP_KEY=\S/m.test((await read(join(app, '.env'))) ?? '')
			? undefined
			: 'No application encryption key has been specified.';
	const base = cached(configuration, 'base_path');
	if (base === undefined || !existsSync(base)) return `the cached configuration is for ${base}, which is not there`;
	return cached(configuration, 'app_key') ? undefined : 'No application encryption key has been specified.';
};

/** Paths the release answers, as Laravel knows them: from the route cache, else from routes/api.php. */
const routes = async (app: string): Promise<readonly string[]> => {
	const cache = await read(join(app, 'bootstrap/cache/routes-v7.php'));
	if (cache !== undefined) return [...cache.matchAll(/^ {2}'([^']+)',$/gm)].map(([, path]) => path ?? '');
	const text = (await read(join(app, 'routes/api.php'))) ?? '';
	return [...text.matchAll(/Route::\w+\('([^']+)'/g)].map(([, path]) => posix.join('/api', path ?? ''));
};

const matches = (route: string, path: string): boolean => {
	const parts = path.split('/');
	const wanted = route.split('/');
	return (
		wanted.length === parts.length &&
		wanted.every((part, index) => part === parts[index] || (part.startsWith('{') && parts[index] !== ''))
	);
};

/** Name of the environment in each line; production, where none is set, as Laravel has it. */
const logName = async (app: string): Promise<string> =>
	/^APP_ENV=(\S+)/m.exec((await read(join(app, '.env'))) ?? '')?.[1] ?? 'production';

const logErrors = async (app: string, now: Date, reasons: readonly string[]): Promise<void> => {
	const head = `[${now.toISOString().slice(0, 19).replace('T', ' ')}] ${await logName(app)}.ERROR: `;
	const lines = reasons.map(reason => `${head}${reason}\n`).join('');
	await appendFile(join(app, 'storage/logs/laravel.log'), lines).catch(() => undefined);
};

/** Version of the backend in `app`, as its VERSION file says. */
const versionOf = async (app: string): Promise<string> => (await read(join(app, 'VERSION')))?.trim() ?? 'unknown';

/** Answers one API request from the files of the release in `app`. `now`: by the clock of the host. */
export const answerFromRelease = async (
	app: string,
	path: string,
	{now, trouble}: {readonly now: () => Date; readonly trouble: Trouble},
): Promise<HttpAnswer> => {
	if (trouble.slowMs > 0) await wait(trouble.slowMs);
	if (!existsSync(join(app, 'public/index.php'))) return {status: 404, type: 'text/html', body: 'File not found.\n'};
	const reason = trouble.fails ? 'A rehearsal: the file trouble of the host says fail' : await fault(app);
	const errors = [...trouble.errors, ...(reason === undefined ? [] : [reason])];
	if (errors.length > 0) await logErrors(app, now(), errors);
	if (reason !== undefined) return jsonAnswer(500, {message: 'Server Error'});
	if (existsSync(join(app, 'storage/framework/down'))) return jsonAnswer(503, {message: 'Service Unavailable'});
	const route = (await routes(app)).find(route => matches(route, path));
	if (route === undefined) return jsonAnswer(404, {message: 'Not Found'});
	if (path === '/api/health') return jsonAnswer(200, {status: 'ok', version: await versionOf(app)});
	return jsonAnswer(200, analyticsAnswer(path, now()) ?? {data: [], route});
};
