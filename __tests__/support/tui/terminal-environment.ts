/** The environment of a person at a terminal, with a home of its own and nothing of the machine that runs the tests. */
export const terminalEnvironment = (
	home: string,
	more: Readonly<Record<string, string | undefined>> = {},
): Readonly<Record<string, string>> => {
	const all: Record<string, string | undefined> = {
		PATH: process.env['PATH'],
		HOME: home,
		XDG_STATE_HOME: `${home}/state`,
		TERM: 'xterm-256color',
		LANG: 'C.UTF-8',
		TZ: 'UTC',
		GIT_CONFIG_COUNT: '1',
		GIT_CONFIG_KEY_0: 'user.name',
		GIT_CONFIG_VALUE_0: 'Ravi',
		...more,
	};
	return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
};
