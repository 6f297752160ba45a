// A program that calls process.exit() ends this process: whoever waits learns of its code from there.

const {pathToFileURL} = require('node:url');

let count = 0;
/* Loaded anew each time: a program reads its words then. */
const load = file => {
	if (file.endsWith('.mjs')) return import(pathToFileURL(file) + '?' + (count += 1));
	delete require.cache[file];
	return require(file);
};
const run = async ({file, argv, directory, environment}) => {
	const before = {...process.env};
	process.chdir(directory);
	Object.assign(process.env, environment, {PWD: directory});
	process.argv = [process.execPath, file, ...argv];
	await load(file);
	for (const name of Object.keys(process.env)) if (!Object.hasOwn(before, name)) delete process.env[name];
	Object.assign(process.env, before);
	if (process.exitCode) process.exit();
};
let last = Promise.resolve();
process.on('message', call => {
	last = last.then(() => run(call)).then(() => process.send('done'));
});
