// For Node that runs the sources: node --import ./scripts/text-hooks.ts FILE
import {registerHooks} from 'node:module';
import {fileURLToPath} from 'node:url';
import {moduleOf, programIn} from './text-files.ts';

registerHooks({
	load: (url, context, next) => {
		const text = url.startsWith('file:') ? programIn(fileURLToPath(url)) : undefined;
		return text === undefined ? next(url, context) : {format: 'module', source: moduleOf(text), shortCircuit: true};
	},
});
