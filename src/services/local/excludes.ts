/**
 * Whether a path of the app is excluded. A name without `/` excludes every file and directory of that name, at any
 * depth; one with `/` excludes that path and everything below it, counted from the app.
 */
export const isExcluded = (path: string, excludes: readonly string[]): boolean =>
	excludes.some(exclude =>
		exclude.includes('/') ? path === exclude || path.startsWith(`${exclude}/`) : path.split('/').includes(exclude),
	);
