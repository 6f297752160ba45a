/** What a host prints when it is asked for its backups: name and size of each, all of them taken at one moment. */
export const listOf = (
	files: readonly (readonly [name: string, sizeBytes: number])[],
	facts: Readonly<Record<string, string>> = {},
): string => {
	const all = {time: '1770703440', 'live backend': '20260210T055341Z-7f3a9c2', free: '1000000', ...facts};
	const fields = Object.entries(all).flat();
	const rows = files.flatMap(([name, sizeBytes]) => [name, 'f', String(sizeBytes), '1770100000.0']);
	return [...fields, '', ...rows, '', '', ''].join('\0');
};

/** What it prints when it is asked what there is to go back to. */
export const waysBack = (backups: readonly string[], previous = '20260203T055341Z-4e81d0c'): string =>
	[
		'time\t1770703440',
		'live\t20260210T055341Z-7f3a9c2',
		`previous\t${previous}`,
		'release\t20260210T055341Z-7f3a9c2',
		`release\t${previous}`,
		...backups.map(name => `backup\t211000000\t1770100000\tnoted\t${name}.tar.gz\0`),
		'',
	].join('\n');
