// `php -v`, `php -l FILE`, `php ARTISAN ...`. It is no PHP: code of any other kind is refused with 64.

const fs = require('node:fs');
const path = require('node:path');
const artisan = require('./artisan.cjs');

const host = JSON.parse(process.argv[2]);
const words = process.argv.slice(3);
const version =
	'PHP 8.1.2-1ubuntu2.14 (cli) (built: Aug 18 2023 11:41:11) (NTS)\nCopyright (c) The PHP Group\nZend Engine v4.1.2, Copyright (c) Zend Technologies\n    with Zend OPcache v8.1.2-1ubuntu2.14, Copyright (c), by Zend Technologies';
const stop = (code, text) => {
	process.stderr.write(`${text}\n`);
	process.exit(code);
};

const lint = file => {
	if (file === undefined || !fs.existsSync(file)) stop(1, `Could not open input file: ${file}`);
	const error = artisan.parseError(file);
	if (error) stop(255, `${error}\nErrors parsing ${file}`);
	process.stdout.write(`No syntax errors detected in ${file}\n`);
};
const main = ([first, ...rest]) => {
	if (first === '-v' || first === '--version') return process.stdout.write(`${version}\n`);
	if (first === '-l') return lint(rest[0]);
	if (first === undefined || first.startsWith('-'))
		stop(64, `php: the sandbox knows -v, -l FILE and artisan, not: ${words.join(' ')}`);
	if (!fs.existsSync(first)) stop(1, `Could not open input file: ${first}`);
	if (path.basename(first) !== 'artisan') stop(64, `php: the sandbox runs artisan and no other PHP: ${first}`);
	process.exitCode = artisan.run(path.dirname(fs.realpathSync(first)), rest, host);
};
main(words);
