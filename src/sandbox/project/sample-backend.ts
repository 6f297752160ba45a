import type {Files} from './files.ts';
import entityTemplates from './sample/entity?files';
import namedTemplates from './sample/named?files';

const plural = (name: string): string => (name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`);
const snake = (name: string): string => name.replaceAll(/(?<=[a-z])[A-Z]/g, letter => `_${letter}`).toLowerCase();
const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** `createdAt` is the date of its migration, `2026_01_05`. A field whose name ends in `_id` is a foreign key. */
export type Entity = {readonly name: string; readonly fields: readonly string[]; readonly createdAt: string};

/** A template with the names of an entity in it: a line about `a_text` or `an_id` is there for each field of that kind. */
const fill = (template: string, {name, fields}: Entity): string =>
	template
		.replace("'a_text', 'an_id'", fields.map(field => `'${field}'`).join(', '))
		.replace(/^(.*a_text.*\n)(.*an_id.*\n)/m, (_, ofText: string, ofId: string) =>
			fields.map(field => (field.endsWith('_id') ? ofId : ofText).replaceAll(/a_text|an_id/g, field)).join(''),
		)
		.replaceAll('SomeEntity', name)
		.replaceAll('someEntity', camel(name))
		.replaceAll('some_entities', snake(plural(name)))
		.replaceAll('some-entities', snake(plural(name)).replaceAll('_', '-'))
		.replaceAll('some_entity', snake(name));

const {'backend/routes/api.php': routes = '', ...ofEntity} = entityTemplates;

/** Everything one entity needs: model, controller, request, resource, policy, factory, test, migration. */
export const entityFiles = (entity: Entity, index: number): Files => {
	const time = `${entity.createdAt}_${String(90_000 + index).padStart(6, '0')}`;
	return Object.fromEntries(
		Object.entries(ofEntity).map(([path, text]) => [
			fill(path, entity).replace('a_time', time),
			fill(text, entity),
		]),
	);
};

/** routes/api.php: the health route, one list and one item route an entity, and `extra` lines. */
export const apiRoutes = (entities: readonly Entity[], extra: readonly string[] = []): string =>
	routes.replace(/(?:^.*SomeEntity.*\n)+/m, lines => entities.map(entity => fill(lines, entity)).join('')) +
	extra.map(line => `${line}\n`).join('');

/** Of which files there is one for each name. */
const names: Readonly<Record<string, string>> = {
	'backend/config/some_name.php':
		'app auth broadcasting cache cors database filesystems hashing logging mail queue sanctum services session view',
	'backend/app/Http/Middleware/some_name.php':
		'Authenticate EncryptCookies PreventRequestsDuringMaintenance RedirectIfAuthenticated TrimStrings TrustProxies VerifyCsrfToken',
	'backend/app/Providers/some_nameServiceProvider.php': 'App Auth Event Route',
	'backend/resources/views/some_name.blade.php':
		'layouts/app welcome auth/login reports/show reports/export emails/invitation emails/result errors/404 errors/500',
};

const namedFiles: Files = Object.fromEntries(
	Object.entries(namedTemplates).flatMap(([path, text]) =>
		(names[path] ?? '')
			.split(' ')
			.map(name => [
				path.replace('some_name', name),
				text.replaceAll('SOME_NAME', name.toUpperCase()).replaceAll('some_name', name),
			]),
	),
);

/** Classes that only extend one of Laravel's, by path. */
const bareClasses: Readonly<Record<string, string>> = {
	'app/Console/Kernel.php': 'class Kernel extends \\Illuminate\\Foundation\\Console\\Kernel',
	'app/Exceptions/Handler.php': 'class Handler extends \\Illuminate\\Foundation\\Exceptions\\Handler',
	'app/Http/Controllers/Controller.php': 'abstract class Controller extends \\Illuminate\\Routing\\Controller',
	'app/Http/Kernel.php': 'class Kernel extends \\Illuminate\\Foundation\\Http\\Kernel',
	'tests/TestCase.php': 'abstract class TestCase extends \\Illuminate\\Foundation\\Testing\\TestCase',
};

const bareFiles: Files = Object.fromEntries(
	Object.entries(bareClasses).map(([path, declaration]) => {
		const space = path.slice(0, path.lastIndexOf('/')).replaceAll('/', '\\');
		return [
			`backend/${path}`,
			`<?php\n\nnamespace ${space.charAt(0).toUpperCase()}${space.slice(1)};\n\n${declaration}\n{\n}\n`,
		];
	}),
);

const locked = [
	['brick/math', '0.9.3', 'Brick\\Math\\', false],
	['dragonmantank/cron-expression', 'v3.3.2', 'Cron\\', false],
	['fruitcake/laravel-cors', 'v2.2.0', 'Fruitcake\\Cors\\', true],
	['guzzlehttp/guzzle', '7.5.0', 'GuzzleHttp\\', false],
	['laravel/framework', 'v8.83.27', 'Illuminate\\', false],
	['laravel/sanctum', 'v2.15.1', 'Laravel\\Sanctum\\', true],
	['monolog/monolog', '2.9.1', 'Monolog\\', false],
	['nesbot/carbon', '2.66.0', 'Carbon\\', true],
	['spatie/laravel-permission', '5.10.1', 'Spatie\\Permission\\', true],
	['symfony/console', 'v5.4.21', 'Symfony\\Component\\Console\\', false],
	['symfony/http-foundation', 'v5.4.21', 'Symfony\\Component\\HttpFoundation\\', false],
	['vlucas/phpdotenv', 'v5.5.0', 'Dotenv\\', false],
] as const;

const lock = {
	_readme: ['This file locks the dependencies of your project to a known state'],
	'content-hash': '9d3c1b8a6cf0e27d4c1fe3a5b6d0c7e2',
	packages: locked.map(([name, version, namespace, isLaravel]) => ({
		name,
		version,
		type: 'library',
		require: {php: '^8.0'},
		autoload: {'psr-4': {[namespace]: 'src/'}},
		...(isLaravel ? {extra: {laravel: {providers: [`${namespace}ServiceProvider`]}}} : {}),
	})),
	'packages-dev': [
		{name: 'phpunit/phpunit', version: '9.6.5', type: 'library', autoload: {'psr-4': {'PHPUnit\\': 'src/'}}},
		{name: 'mockery/mockery', version: '1.5.1', type: 'library', autoload: {'psr-4': {'Mockery\\': 'src/'}}},
	],
};

const kept = [
	'bootstrap/cache',
	'public/uploads',
	'storage/app/public',
	'storage/framework/cache/data',
	'storage/framework/sessions',
	'storage/framework/views',
	'storage/logs',
];

/** What every version of the sample backend has that no file beside this one holds, its entities aside. */
export const backendParts: Files = {
	...namedFiles,
	...bareFiles,
	...Object.fromEntries(kept.map(directory => [`backend/${directory}/.gitignore`, '*\n!.gitignore\n'])),
	'backend/.gitignore': '/vendor\n/node_modules\n/.env\n/public/storage\n',
	'backend/composer.lock': `${JSON.stringify(lock, undefined, 4)}\n`,
};
