import {access, readFile, realpath} from 'node:fs/promises';
import {delimiter, dirname, join} from 'node:path';

/**
 * What of this process a build may see, and why. Nothing else is handed on: no `npm_config_*`, which can name programs to
 * run, no `NODE_OPTIONS`, no values of an app.
 */
const passedOn: readonly RegExp[] = [
	// Where node, npm and what they start are found.
	/^PATH$/,
	// Where npm finds the registries and tokens of ~/.npmrc, and its cache.
	/^HOME$/,
	// Where this machine wants temporary files.
	/^TMPDIR$/,
	// Language and zone of messages, file names and dates: as when people build by hand.
	/^(?:LANG|LC_\w+|TZ)$/,
	// Whom to trust and by which way to go to reach the registry.
	/^(?:NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR)$/,
	/^(?:https?|no|all|ftp)_proxy$/i,
];

/**
 * Settings of npm by which ~/.npmrc or that of the machine would run other code in every script of a build. They stand
 * for npm's own defaults; a variable goes before these files. npm takes no empty one, and trims a blank.
 */
const guarded: Readonly<Record<string, string>> = {
	'script-shell': '/bin/sh',
	'node-options': ' ',
	git: 'git',
};

/**
 * The node-gyp that npm brings along, which it runs for packages written in C. npm has no word for "your own": undefined
 * where npm is a script of another tool.
 */
const ownNodeGyp = async (path: string): Promise<string | undefined> => {
	for (const directory of path.split(delimiter).filter(name => name !== '')) {
		const npm = await realpath(join(directory, 'npm')).catch(() => undefined);
		if (npm === undefined) continue;
		const script = join(dirname(npm), '../node_modules/node-gyp/bin/node-gyp.js');
		return access(script).then(
			() => script,
			() => undefined,
		);
	}
	return undefined;
};

/** Names set by a `.npmrc`. */
const namesIn = (text: string): ReadonlySet<string> =>
	new Set([...text.matchAll(/^[ \t]*([\w-]+)[ \t]*(?:=|$)/gm)].map(([, name = '']) => name));

/** Environment of npm in `tree`, a work tree of the commit. What is committed in its `.npmrc` holds. */
export const toolEnvironment = async (
	caller: Readonly<Record<string, string | undefined>>,
	tree: string,
): Promise<Record<string, string>> => {
	const committed = namesIn(await readFile(join(tree, '.npmrc'), 'utf8').catch(() => ''));
	const nodeGyp = await ownNodeGyp(caller['PATH'] ?? '');
	const settings = {...guarded, ...(nodeGyp === undefined ? {} : {'node-gyp': nodeGyp})};
	return {
		...Object.fromEntries(
			Object.entries(caller).flatMap(([name, value]) =>
				value !== undefined && passedOn.some(pattern => pattern.test(name)) ? [[name, value]] : [],
			),
		),
		...Object.fromEntries(
			Object.entries(settings).flatMap(([name, value]) =>
				committed.has(name) ? [] : [[`npm_config_${name.replaceAll('-', '_')}`, value]],
			),
		),
		npm_config_update_notifier: 'false',
		NEXT_TELEMETRY_DISABLED: '1',
		NO_COLOR: '1',
	};
};
