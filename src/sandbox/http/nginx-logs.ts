import type {IncomingMessage, ServerResponse} from 'node:http';
import type {HostLayout} from '../host/host-layout.ts';
import {logFile} from '../host/log-file.ts';

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const two = (value: number): string => String(value).padStart(2, '0');
const clockOf = (time: Date): string => [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');

const zoneOf = (time: Date): string => {
	const minutes = -time.getTimezoneOffset();
	return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}${two(Math.abs(minutes) % 60)}`;
};

/** `10/Feb/2026:11:20:04 +0530`, in the zone of the host: nginx's $time_local. */
const accessTime = (time: Date): string =>
	`${two(time.getDate())}/${months[time.getMonth()]}/${time.getFullYear()}:${clockOf(time)} ${zoneOf(time)}`;

/** `2026/02/10 11:20:04`, in the zone of the host. */
const errorTime = (time: Date): string =>
	`${time.getFullYear()}/${two(time.getMonth() + 1)}/${two(time.getDate())} ${clockOf(time)}`;

/** As nginx writes what a client has sent. */
const escaped = (text: string): string =>
	text.replaceAll(
		/["\\\u0000-\u001F\u007F-\u00FF]/g,
		character => `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
	);

const header = (request: IncomingMessage, name: 'referer' | 'user-agent'): string =>
	escaped(request.headers[name] ?? '-');

export type NginxLogs = ReturnType<typeof createNginxLogs>;

/** The logs of a host's nginx, in its own formats: `combined`, and why it could not pass a request on. */
export const createNginxLogs = ({nginxAccessLog, nginxErrorLog}: HostLayout, now: () => Date) => {
	const access = logFile(nginxAccessLog);
	const errors = logFile(nginxErrorLog);
	let connections = 0;
	return {
		/** Writes a request down once it is over. `upstream`: whom nginx asks for it, and how that fails. */
		follow: (
			request: IncomingMessage,
			response: ServerResponse,
			upstream: {readonly url: string; readonly refusal: string},
		): void => {
			const {socket, method = '-', url = '-', httpVersion} = request;
			const client = socket.remoteAddress ?? '-';
			const sentBefore = socket.bytesWritten;
			const line = `${method} ${escaped(url)} HTTP/${httpVersion}`;
			connections += 1;
			const number = connections;
			response.once('close', () => {
				const status = response.writableFinished ? response.statusCode : 499;
				const bytes = Math.max(0, socket.bytesWritten - sentBefore);
				access.write(
					`${client} - - [${accessTime(now())}] "${line}" ${status} ${bytes} "${header(request, 'referer')}" "${header(request, 'user-agent')}"\n`,
				);
				if (status !== 502) return;
				errors.write(
					`${errorTime(now())} [error] ${process.pid}#${process.pid}: *${number} ${upstream.refusal} while connecting to upstream, ` +
						`client: ${client}, server: _, request: "${line}", upstream: "${upstream.url}", host: "${escaped(request.headers.host ?? '')}"\n`,
				);
			});
		},
		/** Resolves once everything is written. */
		settled: async (): Promise<void> => {
			await Promise.all([access.settled(), errors.settled()]);
		},
	};
};
