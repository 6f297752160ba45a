/**
 * Build id in the HTML of the pages router (`"buildId":"..."`) or, escaped in the flight payload, of the app router,
 * whose pages hold no `"buildId"` at all.
 */
export const servedId = (html: string): string | undefined =>
	/"buildId":"([^"]+)"/.exec(html)?.[1] ?? /\\"b\\":\\"([^"\\]+)\\"/.exec(html)?.[1];

/** Where a build's own manifest is: there for the build that is served, and for no other. */
export const manifestPath = (buildId: string): string =>
	`/_next/static/${encodeURIComponent(buildId)}/_buildManifest.js`;

/** Pages are small; the id stands near the end of those with much in them. */
export const mostPageBytes = 4 * 1024 * 1024;
