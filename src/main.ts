import module from 'node:module';

/** Entry of the bundle: checks the runtime before anything modern is loaded, then builds and runs the cockpit. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 13)) {
	process.stderr.write(`cockpit needs Node.js 22.13 or newer; this is ${process.versions.node}\n`);
	process.exitCode = 2;
} else {
	// What was compiled once is kept for the next start; where it can't be kept, nothing is lost.
	module.enableCompileCache();
	const {start} = await import('./compose.ts');
	const code = await start(process.argv.slice(2));
	const written = [process.stdout, process.stderr].map(
		stream => new Promise<void>(resolve => void stream.write('', () => resolve())),
	);
	await Promise.all(written);
	// What is over is over: a program somewhere that has not noticed that nobody reads it any more is not waited for.
	process.exit(code);
}
