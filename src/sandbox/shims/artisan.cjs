// `artisan` of a Laravel 8 application, as a CommonJS module: `run(app, words)` returns the exit code. What it caches
// is written where Laravel writes it and holds the release's own absolute path, as Laravel's caches do.

const fs = require('node:fs');
const path = require('node:path');
const {createHash} = require('node:crypto');

class Refusal extends Error {
	constructor(code, ...lines) {
		super(lines.join('\n'));
		this.code = code;
	}
}
const out = text => process.stdout.write(`${text}\n`);
const read = file => fs.readFileSync(file, 'utf8');
const filesIn = (directory, suffix) =>
	fs.existsSync(directory)
		? fs
				.readdirSync(directory, {recursive: true})
				.filter(name => name.endsWith(suffix))
				.sort()
				.map(name => path.join(directory, name))
		: [];
/** Replaced by rename, as Laravel does: no request reads half a cache. */
const replace = (file, text) => {
	fs.writeFileSync(`${file}.${process.pid}`, text);
	fs.renameSync(`${file}.${process.pid}`, file);
};
const phpText = value => `'${String(value).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
/** Where Laravel keeps a cache; that of the configuration somewhere else where it is told so. */
const cacheFile = (app, name) =>
	(name === 'config.php' && process.env.APP_CONFIG_CACHE) || path.join(app, 'bootstrap/cache', name);
const views = app => path.join(app, 'storage/framework/views');

const parseError = file => {
	const lines = read(file).split('\n');
	const line = lines.findIndex(text => text.includes('<?php syntax error'));
	return line < 0
		? undefined
		: `PHP Parse error:  syntax error, unexpected identifier "error" in ${file} on line ${line + 1}`;
};
const boot = app => {
	const autoload = path.join(app, 'vendor/autoload.php');
	if (!fs.existsSync(autoload))
		throw new Refusal(
			255,
			`PHP Warning:  require(${autoload}): Failed to open stream: No such file or directory in ${
				app
			}/artisan on line 18`,
			`PHP Fatal error:  Uncaught Error: Failed opening required '${autoload}' in ${app}/artisan:18`,
		);
	for (const folder of ['app', 'config', 'routes', 'database/migrations'])
		for (const file of filesIn(path.join(app, folder), '.php')) {
			const error = parseError(file);
			if (error) throw new Refusal(255, error);
		}
};

const dotenv = app => {
	const file = path.join(app, '.env');
	if (!fs.existsSync(file)) return {};
	const pairs = read(file)
		.split(/\r\n|\n|\r/)
		.map(line => /^(\w+)=(.*)$/.exec(line))
		.filter(Boolean);
	return Object.fromEntries(pairs.map(([, name, value]) => [name, value.replace(/^(["'])(.*)\1$/, '$2')]));
};
const uris = app =>
	['api', 'web'].flatMap(group => {
		const file = path.join(app, 'routes', `${group}.php`);
		const found = fs.existsSync(file) ? [...read(file).matchAll(/Route::(?:get|post|put|delete)\('([^']+)'/g)] : [];
		return found.map(([, uri]) => path.posix.join(group === 'api' ? '/api' : '/', uri));
	});
const migrationsIn = directory =>
	(directory.endsWith('.php') ? [directory].filter(fs.existsSync) : filesIn(directory, '.php')).map(file => ({
		name: path.basename(file, '.php'),
		text: read(file),
	}));
const migrations = app => migrationsIn(path.join(app, 'database/migrations'));
/** Those of --path, which counts from the app without --realpath; of two files of one name the last, as in Laravel. */
const migrationsOf = (app, options) => {
	const paths = options.filter(option => option.startsWith('--path=')).map(option => option.slice('--path='.length));
	if (paths.length === 0) return migrations(app);
	const found = paths.flatMap(given => migrationsIn(options.includes('--realpath') ? given : path.join(app, given)));
	return [...new Map(found.map(migration => [migration.name, migration])).values()].sort((a, b) =>
		a.name < b.name ? -1 : 1,
	);
};
/** Batch of each migration that ran, by name. */
const ran = host =>
	new Map(
		(fs.existsSync(host.migrations) ? read(host.migrations) : '')
			.split('\n')
			.filter(Boolean)
			.map(line => [...line.split(' '), '1'].slice(0, 2)),
	);
const requireForce = (app, options) => {
	if (['local', 'testing'].includes(dotenv(app).APP_ENV) || options.includes('--force')) return;
	out(
		'**************************************\n*     Application In Production!     *\n**************************************\n',
	);
	throw new Refusal(1, 'Command Canceled!');
};
/** As --pretend names it: the class, or the file where the class has no name. */
const titleOf = ({name, text}) => /^class (\w+) extends Migration/m.exec(text)?.[1] ?? name;

const columnTypes = {
	id: 'bigint unsigned',
	foreignId: 'bigint unsigned',
	bigInteger: 'bigint',
	integer: 'int',
	unsignedInteger: 'int unsigned',
	boolean: 'tinyint(1)',
	text: 'text',
	json: 'json',
	date: 'date',
	timestamp: 'timestamp',
	string: 'varchar(255)',
};
const columns = body =>
	body.split(';').flatMap(statement => {
		const [, type, name] = /\$table->(\w+)\((?:'(\w+)')?/.exec(statement) ?? [];
		const isNull = statement.includes('->nullable()');
		if (type === 'timestamps') return ['created_at', 'updated_at'].map(column => `\`${column}\` timestamp null`);
		if (!Object.hasOwn(columnTypes, type ?? '')) return [];
		return [
			`\`${name ?? 'id'}\` ${columnTypes[type]}${
				isNull ? ' null' : ' not null'
			}${type === 'id' ? ' auto_increment primary key' : ''}`,
		];
	});
const alterations = (table, body) => {
	const named = pattern => [...body.matchAll(pattern)].map(match => match.slice(1).map(name => `\`${name}\``));
	const added = columns(body).map(column => `add ${column}`);
	const dropped = named(/->dropColumn\('(\w+)'\)/g).map(([column]) => `drop ${column}`);
	return [
		...(added.length > 0 ? [`alter table \`${table}\` ${added.join(', ')}`] : []),
		...(dropped.length > 0 ? [`alter table \`${table}\` ${dropped.join(', ')}`] : []),
		...named(/->renameColumn\('(\w+)', '(\w+)'\)/g).map(
			([from, to]) => `ALTER TABLE ${table} CHANGE ${from} ${to}`,
		),
	];
};
/** The SQL of a migration's up() or down(), of the parts of the schema builder that the samples use. */
const queries = (text, method = 'up') => {
	const body = new RegExp(`function ${method}\\(\\)[^]*?(?=function \\w+\\(\\)|$)`).exec(text)?.[0] ?? '';
	return [
		...body.matchAll(/Schema::(\w+)\('(\w+)'(?:, '(\w+)')?(?:, function \(Blueprint \$table\)[^{]*\{([^}]*)\})?/g),
	].flatMap(([, verb, table, other, body = '']) => {
		if (verb === 'create')
			return [
				`create table \`${table}\` (${columns(body).join(
					', ',
				)}) default character set utf8mb4 collate 'utf8mb4_unicode_ci'`,
			];
		if (verb === 'table') return alterations(table, body);
		if (verb === 'dropIfExists') return [`drop table if exists \`${table}\``];
		if (verb === 'drop') return [`drop table \`${table}\``];
		return verb === 'rename' ? [`rename table \`${table}\` to \`${other}\``] : [];
	});
};

const clear = file => fs.rmSync(file, {force: true});
/** Removes one cache file, and says so. */
const clears = (name, said) => app => {
	clear(cacheFile(app, name));
	out(said);
};
const maintenance = (app, file = 'down') => path.join(app, 'storage/framework', file);
const commands = {
	down: (app, _host, options) => {
		if (fs.existsSync(maintenance(app))) return out('Application is already down.');
		const retry =
			Number(options.findLast(option => option.startsWith('--retry='))?.slice('--retry='.length)) || null;
		const payload = {except: [], redirect: null, retry, refresh: null, secret: null, status: 503, template: null};
		fs.writeFileSync(maintenance(app), JSON.stringify(payload, null, 4));
		fs.writeFileSync(maintenance(app, 'maintenance.php'), '<?php // answers 503 while `down` is there\n');
		out('Application is now in maintenance mode.');
	},
	up: app => {
		if (!fs.existsSync(maintenance(app))) return out('Application is already up.');
		clear(maintenance(app));
		clear(maintenance(app, 'maintenance.php'));
		out('Application is now live.');
	},
	'config:clear': clears('config.php', 'Configuration cache cleared!'),
	'config:cache': app => {
		const env = dotenv(app);
		const names = filesIn(path.join(app, 'config'), '.php').map(file => path.basename(file, '.php'));
		const entries = [
			`'base_path' => ${phpText(app)}`,
			`'app_name' => ${phpText(env.APP_NAME ?? 'Laravel')}`,
			`'app_env' => ${phpText(env.APP_ENV ?? 'production')}`,
			`'app_key' => ${phpText(env.APP_KEY ?? '')}`,
			`'app_url' => ${phpText(env.APP_URL ?? 'http://localhost')}`,
			`'view_compiled' => ${phpText(views(app))}`,
			...names.map(name => `${phpText(name)} => ${phpText(path.join(app, 'config', `${name}.php`))}`),
		];
		commands['config:clear'](app);
		replace(
			cacheFile(app, 'config.php'),
			`<?php return array (\n${entries.map(entry => `  ${entry},\n`).join('')});\n`,
		);
		out('Configuration cached successfully!');
	},
	'route:clear': clears('routes-v7.php', 'Route cache cleared!'),
	'route:cache': app => {
		commands['route:clear'](app);
		const list = uris(app)
			.map(uri => `  ${phpText(uri)},\n`)
			.join('');
		replace(cacheFile(app, 'routes-v7.php'), `<?php return array (\n${list});\n`);
		out('Routes cached successfully!');
	},
	'view:clear': app => {
		for (const file of filesIn(views(app), '.php')) clear(file);
		out('Compiled views cleared!');
	},
	'view:cache': app => {
		if (!fs.existsSync(views(app)))
			throw new Refusal(1, '', '  InvalidArgumentException ', '', '  Please provide a valid cache path.');
		commands['view:clear'](app);
		for (const file of filesIn(path.join(app, 'resources/views'), '.blade.php')) {
			const compiled = read(file).replace(/\{\{\s*(.*?)\s*\}\}/g, '<?php echo e($1); ?>');
			const name = `${createHash('sha1').update(`v2${file}`).digest('hex')}.php`;
			replace(path.join(views(app), name), `${compiled}<?php /**PATH ${file} ENDPATH**/ ?>`);
		}
		out('Blade templates cached successfully!');
	},
	'event:clear': clears('events.php', 'Cached events cleared!'),
	'event:cache': app => {
		replace(cacheFile(app, 'events.php'), '<?php return array (\n);\n');
		out('Events cached successfully!');
	},
	'cache:clear': app => {
		for (const file of filesIn(path.join(app, 'storage/framework/cache/data'), ''))
			if (path.basename(file) !== '.gitignore') clear(file);
		out('Application cache cleared!');
	},
	'queue:restart': (app, host) => {
		fs.writeFileSync(path.join(host.units, 'queue-restart'), `${Math.floor(Date.now() / 1000)}\n`);
		out('Broadcasting queue restart signal.');
	},
	// Jobs run where they are dispatched here: none ever waits, and none fails later.
	'queue:monitor': (_app, _host, _options, [queues]) => {
		if (queues === undefined) throw new Refusal(1, '', '  Not enough arguments (missing: "queues").', '');
		const rows = queues.split(',').map(queue => `| sync       | ${queue.padEnd(7)} | 0    | OK     |`);
		const rule = '+------------+---------+------+--------+';
		out([rule, '| Connection | Queue   | Size | Status |', rule, ...rows, rule].join('\n'));
	},
	'queue:failed': () => out('No failed jobs!'),
	'migrate:status': (app, host, options) => {
		const batches = ran(host);
		const rows = migrationsOf(app, options).map(({name}) =>
			batches.has(name) ? ['Yes', name, batches.get(name)] : ['No', name, ''],
		);
		if (rows.length === 0) return process.stderr.write('No migrations found\n');
		const head = ['Ran?', 'Migration', 'Batch'];
		const widths = head.map((title, column) => Math.max(title.length, ...rows.map(row => row[column].length)));
		const rule = `+${widths.map(width => '-'.repeat(width + 2)).join('+')}+`;
		const line = row => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
		out([rule, line(head), rule, ...rows.map(line), rule].join('\n'));
	},
	migrate: (app, host, options) => {
		const batches = ran(host);
		const pending = migrations(app).filter(({name}) => !batches.has(name));
		requireForce(app, options);
		if (pending.length === 0) return out('Nothing to migrate.');
		if (options.includes('--pretend')) {
			for (const migration of pending)
				for (const query of queries(migration.text)) out(`${titleOf(migration)}: ${query}`);
			return;
		}
		const last = Math.max(0, ...[...batches.values()].map(Number));
		for (const {name, text} of pending) {
			out(`Migrating: ${name}`);
			const thrown = /throw new [^;]*?\(\s*(['"])(.*?)\1/.exec(text);
			if (/throw new /.test(text))
				throw new Refusal(
					1,
					'',
					'   Illuminate\\Database\\QueryException ',
					'',
					`  SQLSTATE[HY000]: General error: ${thrown ? thrown[2] : 'the migration threw'} (SQL: ${
						queries(text)[0] ?? ''
					})`,
					'',
				);
			fs.appendFileSync(host.migrations, `${name} ${last + 1}\n`);
			out(`Migrated:  ${name} (12.04ms)`);
		}
	},
	// Takes the last batch back, or with --step so many of the last; what --path does not name stays, and is named.
	'migrate:rollback': (app, host, options) => {
		requireForce(app, options);
		const step = Number(options.findLast(option => option.startsWith('--step='))?.slice('--step='.length) ?? 0);
		const last = [...ran(host)].sort((a, b) => Number(b[1]) - Number(a[1]) || (a[0] < b[0] ? 1 : -1));
		const meant = step > 0 ? last.slice(0, step) : last.filter(([, batch]) => batch === last[0][1]);
		if (meant.length === 0) return out('Nothing to rollback.');
		const files = new Map(migrationsOf(app, options).map(migration => [migration.name, migration]));
		for (const [name] of meant) {
			const migration = files.get(name);
			if (!migration) {
				out(`Migration not found: ${name}`);
				continue;
			}
			out(`Rolling back: ${name}`);
			if (options.includes('--pretend')) {
				for (const query of queries(migration.text, 'down')) out(`${titleOf(migration)}: ${query}`);
				continue;
			}
			const left = read(host.migrations)
				.split('\n')
				.filter(line => line !== '' && line.split(' ')[0] !== name);
			replace(host.migrations, left.map(line => `${line}\n`).join(''));
			out(`Rolled back:  ${name} (12.04ms)`);
		}
	},
	'package:discover': app => {
		const file = path.join(app, 'vendor/composer/installed.json');
		const found = JSON.parse(read(file)).packages.filter(item => item.extra && item.extra.laravel);
		for (const {name} of found) out(`Discovered Package: ${name}`);
		const list = found.map(item => `  ${phpText(item.name)},\n`).join('');
		replace(cacheFile(app, 'packages.php'), `<?php return array (\n${list});\n`);
		replace(cacheFile(app, 'services.php'), '<?php return array (\n);\n');
		out('Package manifest generated successfully.');
	},
};
const everywhere = ['-q', '--quiet', '-n', '--no-interaction', '--ansi', '--no-ansi', '-v', '-vv', '-vvv', '--verbose'];
const own = {
	down: ['--retry'],
	migrate: ['--force', '--pretend'],
	'migrate:status': ['--path', '--realpath'],
	'migrate:rollback': ['--force', '--pretend', '--path', '--realpath', '--step'],
};

const act = (app, words, host) => {
	boot(app);
	const options = words.filter(word => word.startsWith('-'));
	const [name, ...rest] = words.filter(word => !word.startsWith('-'));
	if (name === undefined) {
		if (options.every(option => ['--version', '-V', ...everywhere].includes(option)))
			return out('Laravel Framework 8.83.27');
		throw new Refusal(1, '', `  The "${options[0]}" option does not exist.`, '');
	}
	if (!Object.hasOwn(commands, name)) throw new Refusal(1, '', `  Command "${name}" is not defined.`, '');
	const unknown = options.find(
		option => ![...everywhere, ...(own[name] ?? [])].includes(option.replace(/^(--path|--step|--retry)=.*/, '$1')),
	);
	if (unknown) throw new Refusal(1, '', `  The "${unknown}" option does not exist.`, '');
	if (rest.length > (name === 'queue:monitor' ? 1 : 0))
		throw new Refusal(1, '', `  No arguments expected for "${name}" command, got "${rest[0]}".`, '');
	commands[name](app, host, options, rest);
};

exports.parseError = parseError;
exports.run = (app, words, host) => {
	try {
		act(app, words, host);
		return 0;
	} catch (error) {
		process.stderr.write(
			`${error instanceof Refusal ? error.message : `\n   ErrorException \n\n  ${error.message}`}\n`,
		);
		return error instanceof Refusal ? error.code : 1;
	}
};
