import {expect, test} from 'vitest';
import type {Checklists} from '../../../src/domain/checklist/checklist.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import {usualProbes, type HttpCheck} from '../../../src/domain/environments/watched.ts';
import {httpQuestions} from '../../../src/domain/probes/http-questions.ts';
import {fakeEnvironment} from '../../app/fake-services.ts';

const item = (id: string, probe?: object) => ({id, title: id, scope: 'both', ...(probe ? {probe} : {})});
const checklists = {
	files: [
		{
			phase: 'after-production',
			sections: [{items: [item('home', {on: 'site', path: '/', status: 200}), item('by-hand')]}],
		},
		{phase: 'before-production', sections: [{items: [item('before', {on: 'api', path: '/x', status: 200})]}]},
	],
} as unknown as Checklists;

const check: HttpCheck = {
	id: 'trends',
	title: 'Trends',
	app: 'backend',
	on: 'api',
	path: '/analytics/trends',
	status: 401,
};

const urlsOf = (environment: Environment): readonly string[] =>
	httpQuestions(environment, checklists).map(({url, about: {probe}}) => `${probe} ${url}`);

test('asked are the health of each app, the checks of the file, and items behind a run that say how', () => {
	const environment = fakeEnvironment('production', 'production');

	expect(
		urlsOf({
			...environment,
			urls: {site: 'https://x.test/', api: 'https://x.test/api/'},
			probes: {...usualProbes, http: [check]},
		}),
	).toEqual([
		`backend.health ${environment.apps.backend?.health.url}`,
		'http.trends https://x.test/api/analytics/trends',
		'checklist.home https://x.test/',
	]);
});

test('the page is asked by itself only where the health of the site is elsewhere', () => {
	const environment = fakeEnvironment('production', 'production');
	const at = (url: string): Environment =>
		({
			...environment,
			urls: {...environment.urls, site: 'https://x.test'},
			apps: {
				...environment.apps,
				frontend: {...environment.apps.backend, recipe: 'nextjs', health: {url, status: 200}},
			},
		}) as unknown as Environment;

	expect(urlsOf(at('https://x.test/'))).not.toContain('http.site https://x.test');
	expect(urlsOf(at('https://x.test/ping'))).toContain('http.site https://x.test');
});
