import {source} from '../shims/source.ts';
import type {Files} from './backend-parts.ts';
import {buildScript} from './frontend-build.ts';
import {startScript} from './frontend-start.ts';

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
const code = (text: string): string => `${text}\n`;

/** One page of the pages router. */
export const page = (name: string, text: string): string =>
	code(`import {main} from "../lib/html.js";

export default function ${name}() {
	return {title: '${name}', body: main('${name}', '${text}')};
}`);

/** The one page of the app router; its HTML carries the build's id in the flight payload only. */
export const analyticsPage = (text: string): string =>
	code(`import {main} from "../../lib/html.js";

export default function Analytics() {
	return {title: 'Analytics', body: main('Analytics', '${text}')};
}`);

const home = source`
import {api} from "../lib/api.js";
import {main} from "../lib/html.js";

export default async function Home({version}) {
	const {version: backend} = await api('/health').catch(() => ({version: 'unknown'}));
	return {
		title: 'QSights',
		meta: {'frontend-version': version, 'backend-version': backend},
		body: main('QSights', 'QSights ' + version + ', API ' + backend),
	};
}
`;

const api = source`
/** One answer of the API; throws for any but 200. */
export const api = async path => {
	const answer = await fetch(process.env.NEXT_PUBLIC_API_URL + path, {signal: AbortSignal.timeout(1000)});
	if (!answer.ok) throw new Error(path + ' answered ' + answer.status);
	return answer.json();
};
`;

const html = source`
const links = [
	['/', 'Home'],
	['/programs', 'Programs'],
	['/evaluations', 'Evaluations'],
	['/login', 'Log in'],
];

export const main = (title, text) =>
	'<nav>' +
	links.map(([path, name]) => '<a href="' + path + '">' + name + '</a>').join(' ') +
	'</nav><main><h1>' + title + '</h1><p>' + text + '</p></main>';
`;

/** What every version of the sample frontend has. It needs no package, so that it builds without a network. */
export const frontendBase: Files = {
	'frontend/.gitignore': '/node_modules\n/.next\n/.env*.local\n',
	'frontend/README.md':
		'# QSights frontend\n\nThe site in front of the API. `npm run build` writes `.next`, `npm start` serves it.\n',
	'frontend/next.config.mjs': 'export default {reactStrictMode: true};\n',
	'frontend/package-lock.json': json({
		name: 'qsights-frontend',
		lockfileVersion: 3,
		requires: true,
		packages: {'': {name: 'qsights-frontend'}},
	}),
	'frontend/scripts/build.mjs': code(buildScript),
	'frontend/scripts/start.mjs': code(startScript),
	'frontend/pages/index.js': code(home),
	'frontend/pages/login.js': page('Login', 'Name and password'),
	'frontend/pages/programs.js': page('Programs', 'All programs'),
	'frontend/pages/evaluations.js': page('Evaluations', 'Open evaluations'),
	'frontend/lib/api.js': code(api),
	'frontend/lib/html.js': code(html),
	'frontend/styles/globals.css': 'body {\n\tfont-family: sans-serif;\n}\n',
	'frontend/public/favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>\n',
};

export const packageJson = (version: string): string =>
	json({
		name: 'qsights-frontend',
		version,
		private: true,
		type: 'module',
		scripts: {build: 'node scripts/build.mjs', start: 'node scripts/start.mjs'},
		dependencies: {},
	});
