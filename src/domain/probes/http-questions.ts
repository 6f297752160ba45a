import type {Checklists, HttpProbe} from '../checklist/checklist.ts';
import {targetOf, type AppName, type Environment} from '../environments/environment.ts';
import {probeTerms} from '../environments/watched.ts';
import type {HttpExpectation} from './judge-http.ts';
import type {ProbeFinding} from './probe.ts';

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

/** Address of an item or a check: its path below the environment's site or API. */
export const probeUrl = ({on, path}: Pick<HttpProbe, 'on' | 'path'>, {urls}: Pick<Environment, 'urls'>): string =>
	path === '/' ? urls[on] : `${withoutSlash(urls[on])}${path}`;

/** One address with what its answer must be like. */
export type HttpQuestion = {
	readonly url: string;
	readonly expected: HttpExpectation;
	/** How long an answer is waited for, where the environment file says so. */
	readonly timeoutMs?: number;
	readonly about: Pick<ProbeFinding, 'probe' | 'title' | 'kind' | 'app'>;
};

const ofHealth = (environment: Environment): readonly HttpQuestion[] =>
	(['backend', 'frontend'] as const).flatMap(app => {
		const target = targetOf(environment, app);
		if (!target) return [];
		const {url, status, timeoutMs} = target.health;
		const title = app === 'backend' ? 'API health' : 'site health';
		return [{url, timeoutMs, expected: {status}, about: {probe: `${app}.health`, title, kind: 'http', app}}];
	});

/** The page people open, where the health of the site is asked elsewhere. */
const ofPage = ({apps, urls}: Environment): readonly HttpQuestion[] =>
	apps.frontend === undefined || withoutSlash(apps.frontend.health.url) === withoutSlash(urls.site)
		? []
		: [
				{
					url: urls.site,
					expected: {status: 200},
					about: {probe: 'http.site', title: 'page load', kind: 'http', app: 'frontend'},
				},
			];

/** Items that are looked at behind a run and say themselves how; an item of both apps is about neither alone. */
const ofChecklists = ({files}: Pick<Checklists, 'files'>, environment: Environment): readonly HttpQuestion[] =>
	files
		.filter(({phase}) => phase === 'after-production')
		.flatMap(({sections}) => sections)
		.flatMap(({items}) => items)
		.flatMap(({id, title, scope, probe}): readonly HttpQuestion[] => {
			if (!probe) return [];
			const app: {readonly app?: AppName} = scope === 'both' ? {} : {app: scope};
			return [
				{
					url: probeUrl(probe, environment),
					expected: probe,
					about: {probe: `checklist.${id}`, title, kind: 'http', ...app},
				},
			];
		});

/** Every address an environment is watched by. Several may ask one address, which is then asked once. */
export const httpQuestions = (
	environment: Environment,
	checklists: Pick<Checklists, 'files'>,
): readonly HttpQuestion[] => [
	...ofHealth(environment),
	...ofPage(environment),
	...probeTerms(environment).http.map(({id, title, app, ...check}): HttpQuestion => ({
		url: probeUrl(check, environment),
		expected: check,
		about: {probe: `http.${id}`, title, kind: 'http', app},
	})),
	...ofChecklists(checklists, environment),
];
