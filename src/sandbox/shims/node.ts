/**
 * Loaded into every `node` of a host: it takes itself for the host's own. A program that looks for pm2 or npm beside
 * its Node must not find those of the machine the sandbox runs on.
 */
export const nodePreload = (file: string): string => `process.execPath = ${JSON.stringify(file)};`;
