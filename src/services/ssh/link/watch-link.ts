import type {Duplex} from 'node:stream';
import type {Client} from 'ssh2';

type Watch = {
	readonly client: Client;
	readonly socket: Duplex;
	readonly everyMs: number;
	/** Silent intervals in a row after which the link is dead. */
	readonly misses: number;
	readonly onRtt: (rttMs: number) => void;
	/** Called for each silent interval, with how long the host has been silent. */
	readonly onQuiet: (quietMs: number) => void;
	readonly onDead: (quietMs: number) => void;
};

/**
 * Sends a sign of life at once and then every interval, and measures its round trip. Any byte from the host counts as
 * life: during a long upload on a slow link the answer itself queues behind the data, and ssh2's own keepalive, which
 * waits for that answer alone, would cut a healthy link. Returns the function that stops watching.
 */
export const watchLink = ({client, socket, everyMs, misses, onRtt, onQuiet, onDead}: Watch): (() => void) => {
	let received = 0;
	let receivedBefore = 0;
	let quiet = 0;
	let isAsking = false;
	let isOver = false;
	socket.on('data', (chunk: Buffer) => {
		received += chunk.length;
	});

	const ask = (): void => {
		if (isAsking) return;
		isAsking = true;
		const askedAt = performance.now();
		// Cancelling a forward nobody asked for changes nothing and must be answered. Source: RFC 4254, section 7.1.
		client.unforwardIn('127.0.0.1', 1, () => {
			isAsking = false;
			// ssh2 answers whatever is open when the connection ends: that is no round trip.
			if (!isOver) onRtt(performance.now() - askedAt);
		});
	};
	const tick = (): void => {
		quiet = received === receivedBefore ? quiet + 1 : 0;
		receivedBefore = received;
		if (quiet >= misses) return onDead(quiet * everyMs);
		if (quiet > 0) onQuiet(quiet * everyMs);
		try {
			ask();
		} catch {
			// ssh2 throws when the socket has just ended; its own event says so.
		}
	};

	tick();
	quiet = 0;
	const timer = setInterval(tick, everyMs);
	return () => {
		isOver = true;
		clearInterval(timer);
	};
};
