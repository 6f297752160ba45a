/** The last part of a release's path, which is unique. */
export const releaseName = (path: string): string => path.split('/').at(-1) ?? path;

/** `7f3a9c2` for a release of a deploy, else its whole name. */
export const shortRelease = (release: string): string => /-([\da-f]{7,40})$/.exec(release)?.[1] ?? releaseName(release);
