import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {DeployError} from '../../src/domain/errors.ts';

/** Texts or bytes by path; undefined: the file is not there. */
export type Files = Readonly<Record<string, string | Uint8Array | undefined>>;

const app = (recipe: string, rest: string): string => `    recipe: ${recipe}
    source: ${recipe}
    path: /srv/shop/${recipe}
    owner: www-data
    group: www-data
    fileMode: "0644"
    directoryMode: "0755"
    excludes: [vendor, storage/logs]
    shared: {files: [.env], directories: [storage/app]}
    services:
      - {unit: nginx, after: reload, test: [nginx, -t]}
    health: {url: "https://stage.example/api/health", status: 200, passes: 3, stableFor: 10s, within: 2m, every: 500ms}
    keepReleases: 3
${rest}`;

/** Lines that the tests of positions count on. */
const preprod = `project: shop
name: preprod
title: Pre-Prod
tier: preprod
promotedFrom: local
timeZone: Asia/Kolkata
urls: {site: "https://stage.example", api: "https://stage.example/api"}
database: {host: db.example}
drivers: {mail: smtp, cache: redis}
debug: false
hosts:
  - name: web-1
    address: 192.0.2.1
    port: 22
stateDirectory: .cockpit/shop/preprod
backups: {directory: /home/ubuntu/backups/preprod, policy: before-swap, keep: 10}
window:
  days: [Mon, Tue]
  from: "10:00"
  until: "16:00"
  notBeforeHolidays: true
soakHours: 24
apps:
  backend:
${app('laravel', '    php: php\n    composer: composer\n    restartQueue: true')}
  frontend:
${app('nextjs', '    pm2Names: [web]\n    buildEnvironment: {NODE_ENV: production, NEXT_PUBLIC_API_URL: "https://stage.example/api"}')}
`;

const local = preprod
	.replace('promotedFrom: local\n', '')
	.replaceAll('preprod', 'local')
	.replace(/hosts:\n(?: .*\n)+/, 'hosts: []\n');

const template = (name: string): string => `# ${name}
APP_DEBUG=false
DB_HOST=db.example
DB_PASSWORD=\${secret:${name}/db-password}
CACHE_DRIVER=redis
`;

/** A small valid configuration, file by file. */
export const validFiles: Readonly<Record<string, string>> = {
	'environments/local.yaml': local,
	'environments/preprod.yaml': preprod,
	'environments/.env.local': template('local'),
	'environments/.env.preprod': template('preprod'),
	'checklists/README.md': '',
};

/** Writes files into a temporary directory of its own; undefined leaves one out. */
export const writeConfiguration = (files: Files) => {
	const path = mkdtempSync(join(tmpdir(), 'cockpit-config-'));
	for (const [name, content] of Object.entries(files)) {
		if (content === undefined) continue;
		mkdirSync(dirname(join(path, name)), {recursive: true});
		writeFileSync(join(path, name), content);
	}
	return {path, [Symbol.dispose]: () => rmSync(path, {recursive: true, force: true})};
};

/** What is wrong with files that `load` refuses: the lines of `why`, none when they load. Throws what is no refusal. */
export const problemsOf =
	(load: (files: Files) => Promise<unknown>) =>
	async (files: Files): Promise<readonly string[]> => {
		try {
			await load(files);
			return [];
		} catch (error) {
			if (!(error instanceof DeployError) || error.code !== 'configuration') throw error;
			return error.why.split('\n');
		}
	};

/** One of these files with one text in the place of another. Throws where that text is not there. */
export const editIn =
	(files: Files) =>
	(file: string, from: string, to: string): Files => {
		const text = files[file];
		if (typeof text !== 'string' || !text.includes(from)) throw new Error(`${file} does not contain ${from}`);
		return {[file]: text.replace(from, () => to)};
	};
