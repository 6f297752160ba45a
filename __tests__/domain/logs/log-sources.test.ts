import {expect, test} from 'vitest';
import {logSources} from '../../../src/domain/logs/log-sources.ts';
import {frontendPlan} from '../../recipes/frontend-plan.ts';
import {laravelPlan} from '../../recipes/laravel-plan.ts';

const {environment} = laravelPlan();
const {frontend} = frontendPlan().environment.apps;
const ids = (sources: readonly {readonly id: string}[]): readonly string[] => sources.map(({id}) => id);

test('log sources: what the apps and their services write, on each host, each once', () => {
	const hosts = ['web-1', 'web-2'].map(name => ({name, address: '127.0.0.1'}));
	const both = {...environment, hosts, apps: {...environment.apps, ...(frontend && {frontend})}};

	expect(ids(logSources(both))).toEqual(
		['web-1', 'web-2'].flatMap(host =>
			['laravel', 'pm2-out', 'pm2-error', 'php-fpm', 'nginx-error', 'nginx-access'].map(id => `${host}/${id}`),
		),
	);
	expect(logSources(environment)[0]).toEqual({
		id: 'web-1/laravel',
		host: 'web-1',
		kind: 'laravel',
		title: 'Laravel',
		path: '/var/www/qsights/backend/storage/logs/laravel*.log',
		app: 'backend',
		owner: 'www-data',
	});
});

test('log sources: what the file states comes beside, or in the place of what is known', () => {
	const logs = [
		{id: 'nginx-error', title: 'errors', kind: 'nginx-error', path: '/srv/log/error.log'},
		{id: 'worker', title: 'queue worker', kind: 'laravel', app: 'backend', path: '/srv/log/worker*.log'},
	] as const;
	const found = logSources({...environment, logs});

	expect(ids(found)).toEqual(
		['laravel', 'php-fpm', 'nginx-error', 'nginx-access', 'worker'].map(id => `web-1/${id}`),
	);
	expect(found.find(({id}) => id === 'web-1/nginx-error')?.path).toBe('/srv/log/error.log');
	expect(found.at(-1)).toMatchObject({title: 'queue worker', owner: 'www-data'});
	expect(logSources({...environment, hosts: []})).toEqual([]);
});
