// For Node that runs the sources: node --import ./scripts/text-hooks.ts FILE
import {registerHooks} from 'node:module';
import {isFolder, moduleOf, valueOf} from './text-files.ts';

registerHooks({
	resolve: (specifier, context, next) =>
		isFolder.test(specifier)
			? {url: new URL(specifier, context.parentURL).href, shortCircuit: true}
			: next(specifier, context),
	load: (url, context, next) => {
		const value = url.startsWith('file:') ? valueOf(decodeURI(url.slice('file://'.length))) : undefined;
		return value === undefined
			? next(url, context)
			: {format: 'module', source: moduleOf(value), shortCircuit: true};
	},
});
