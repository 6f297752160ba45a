import type {Sandbox} from './start-sandbox.ts';

/** The one line `cockpit sandbox --serve` prints when ready, with its newline. Source: design, "Command line". */
export const sandboxReadyLine = ({config, hosts, urls}: Sandbox): string =>
	`${JSON.stringify({config, hosts, urls, pid: process.pid})}\n`;
