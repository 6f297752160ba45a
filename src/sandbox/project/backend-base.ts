import type {Files} from './backend-parts.ts';

const php = (text: string): string => `<?php\n\n${text.trim()}\n`;
const json = (value: unknown): string => `${JSON.stringify(value, undefined, 4)}\n`;

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

const composer = {
	name: 'qsights/backend',
	type: 'project',
	require: {
		php: '^8.0',
		'fruitcake/laravel-cors': '^2.0',
		'guzzlehttp/guzzle': '^7.0',
		'laravel/framework': '^8.75',
		'laravel/sanctum': '^2.11',
		'spatie/laravel-permission': '^5.10',
	},
	'require-dev': {'mockery/mockery': '^1.4', 'phpunit/phpunit': '^9.5'},
	autoload: {'psr-4': {'App\\': 'app/', 'Database\\Factories\\': 'database/factories/'}},
	scripts: {
		'post-autoload-dump': [
			'Illuminate\\Foundation\\ComposerScripts::postAutoloadDump',
			'@php artisan package:discover --ansi',
		],
	},
};

const artisan = `#!/usr/bin/env php
<?php

define('LARAVEL_START', microtime(true));

require __DIR__.'/vendor/autoload.php';

$app = require_once __DIR__.'/bootstrap/app.php';
$kernel = $app->make(Illuminate\\Contracts\\Console\\Kernel::class);
$status = $kernel->handle($input = new Symfony\\Component\\Console\\Input\\ArgvInput, new Symfony\\Component\\Console\\Output\\ConsoleOutput);
$kernel->terminate($input, $status);
exit($status);
`;

const configNames =
	'app auth broadcasting cache cors database filesystems hashing logging mail queue sanctum services session view';
const configs: Files = Object.fromEntries(
	configNames
		.split(' ')
		.map(name => [
			`backend/config/${name}.php`,
			php(`return [\n    'default' => env('${name.toUpperCase()}_DRIVER', 'default'),\n];`),
		]),
);

const middlewareNames =
	'Authenticate EncryptCookies PreventRequestsDuringMaintenance RedirectIfAuthenticated TrimStrings TrustProxies VerifyCsrfToken';
const middlewares: Files = Object.fromEntries(
	middlewareNames
		.split(' ')
		.map(name => [
			`backend/app/Http/Middleware/${name}.php`,
			php(
				`namespace App\\Http\\Middleware;\n\nclass ${name}\n{\n    public function handle($request, \\Closure $next)\n    {\n        return $next($request);\n    }\n}`,
			),
		]),
);

const providers: Files = Object.fromEntries(
	['App', 'Auth', 'Event', 'Route'].map(name => [
		`backend/app/Providers/${name}ServiceProvider.php`,
		php(
			`namespace App\\Providers;\n\nuse Illuminate\\Support\\ServiceProvider;\n\nclass ${name}ServiceProvider extends ServiceProvider\n{\n    public function boot(): void\n    {\n    }\n}`,
		),
	]),
);

const viewNames =
	'layouts/app welcome auth/login reports/show reports/export emails/invitation emails/result errors/404 errors/500';
const views: Files = Object.fromEntries(
	viewNames
		.split(' ')
		.map(name => [
			`backend/resources/views/${name}.blade.php`,
			`<!doctype html>\n<title>{{ config('app.name') }}</title>\n<main data-view="${name}">{{ $slot ?? '' }}</main>\n`,
		]),
);

const kept: Files = Object.fromEntries(
	[
		'bootstrap/cache',
		'public/uploads',
		'storage/app/public',
		'storage/framework/cache/data',
		'storage/framework/sessions',
		'storage/framework/views',
		'storage/logs',
	].map(directory => [`backend/${directory}/.gitignore`, '*\n!.gitignore\n']),
);

/** What every version of the sample backend has, its entities aside. */
export const backendBase: Files = {
	'backend/.gitignore': '/vendor\n/node_modules\n/.env\n/public/storage\n',
	'backend/README.md': '# QSights backend\n\nLaravel 8: programs, evaluations and reports.\n',
	'backend/artisan*': artisan,
	'backend/composer.json': json(composer),
	'backend/composer.lock': json(lock),
	'backend/phpunit.xml': '<phpunit bootstrap="vendor/autoload.php"/>\n',
	'backend/bootstrap/app.php': php(
		'$app = new Illuminate\\Foundation\\Application(dirname(__DIR__));\n\nreturn $app;',
	),
	'backend/public/index.php': php(
		"require __DIR__.'/../vendor/autoload.php';\n\n$app = require_once __DIR__.'/../bootstrap/app.php';\n$app->make(Illuminate\\Contracts\\Http\\Kernel::class)->handle(Illuminate\\Http\\Request::capture())->send();",
	),
	'backend/public/robots.txt': 'User-agent: *\nDisallow: /\n',
	'backend/routes/web.php': php(
		"use Illuminate\\Support\\Facades\\Route;\n\nRoute::get('/', fn () => view('welcome'));",
	),
	'backend/routes/console.php': php(
		"use Illuminate\\Support\\Facades\\Artisan;\n\nArtisan::command('inspire', fn () => $this->comment('Ship small.'));",
	),
	'backend/app/Console/Kernel.php': php(
		'namespace App\\Console;\n\nclass Kernel extends \\Illuminate\\Foundation\\Console\\Kernel\n{\n}',
	),
	'backend/app/Exceptions/Handler.php': php(
		'namespace App\\Exceptions;\n\nclass Handler extends \\Illuminate\\Foundation\\Exceptions\\Handler\n{\n}',
	),
	'backend/app/Http/Kernel.php': php(
		'namespace App\\Http;\n\nclass Kernel extends \\Illuminate\\Foundation\\Http\\Kernel\n{\n}',
	),
	'backend/app/Http/Controllers/Controller.php': php(
		'namespace App\\Http\\Controllers;\n\nabstract class Controller extends \\Illuminate\\Routing\\Controller\n{\n}',
	),
	'backend/app/Http/Controllers/HealthController.php': php(
		"namespace App\\Http\\Controllers;\n\nclass HealthController extends Controller\n{\n    public function __invoke()\n    {\n        return ['status' => 'ok', 'version' => trim(file_get_contents(base_path('VERSION')))];\n    }\n}",
	),
	'backend/tests/TestCase.php': php(
		'namespace Tests;\n\nabstract class TestCase extends \\Illuminate\\Foundation\\Testing\\TestCase\n{\n}',
	),
	'backend/resources/lang/en/messages.php': php(
		"return [\n    'saved' => 'Saved.',\n    'deleted' => 'Deleted.',\n];",
	),
	'backend/resources/lang/hi/messages.php': php(
		"return [\n    'saved' => 'सहेजा गया।',\n    'deleted' => 'हटाया गया।',\n];",
	),
	...configs,
	...middlewares,
	...providers,
	...views,
	...kept,
};
