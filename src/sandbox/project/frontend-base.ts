import type {Files} from './backend-parts.ts';

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

const page = (name: string): string =>
	`import Link from 'next/link';\n\nexport default function ${name}() {\n\treturn <main><h1>${name}</h1><Link href="/">Home</Link></main>;\n}\n`;

/** What every version of the sample frontend has. */
export const frontendBase: Files = {
	'frontend/.gitignore': '/node_modules\n/.next\n/.env*.local\n',
	'frontend/README.md': '# QSights frontend\n\nNext.js: the site in front of the API.\n',
	'frontend/next.config.mjs': 'export default {reactStrictMode: true};\n',
	'frontend/package-lock.json': json({name: 'qsights-frontend', lockfileVersion: 3, requires: true, packages: {}}),
	'frontend/pages/_app.js':
		'export default function App({Component, pageProps}) {\n\treturn <Component {...pageProps} />;\n}\n',
	'frontend/pages/index.js': page('Home'),
	'frontend/pages/login.js': page('Login'),
	'frontend/pages/programs.js': page('Programs'),
	'frontend/pages/evaluations.js': page('Evaluations'),
	'frontend/lib/api.js':
		'export const api = path => fetch(`${process.env.NEXT_PUBLIC_API_URL}${path}`).then(answer => answer.json());\n',
	'frontend/styles/globals.css': 'body {\n\tfont-family: sans-serif;\n}\n',
	'frontend/public/favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>\n',
};

export const packageJson = (version: string): string =>
	json({
		name: 'qsights-frontend',
		version,
		private: true,
		scripts: {build: 'next build', start: 'next start'},
		dependencies: {next: '13.5.6', react: '18.2.0', 'react-dom': '18.2.0'},
	});
