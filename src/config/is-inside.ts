/** Whether `path` is `directory` or lies below it; both normalised, with `/` between parts. */
export const isInside = (path: string, directory: string): boolean =>
	path === directory || path.startsWith(`${directory}/`);
