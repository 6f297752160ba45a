import {once} from 'node:events';
import {connect, createServer} from 'node:net';
import {createInterface} from 'node:readline';
import {setImmediate as turn} from 'node:timers/promises';
import type {CockpitStore} from '../../../src/store/create-store.ts';

type MarkRequest = {
	/** Shown behind the name of the project. */
	readonly mark: string;
	/** Bytes of keys sent since the stage was started; the mark comes behind all that they do. */
	readonly after: number;
	readonly isNew: boolean;
};

/** For effects of Ink's components: they have run when the loop has turned a few times. */
const turnsOfInk = 30;

/**
 * Answers on a local socket: shows a mark once every key sent so far has been handled, on the stage as it is or as it
 * was in the beginning. A frame with the mark is drawn of everything before it, so nobody has to guess when it is final.
 */
export const serveMarks = async (path: string, store: CockpitStore, stdin: NodeJS.ReadStream): Promise<void> => {
	const beginning = store.getState();
	let handled = 0;
	const show = async ({mark, after, isNew}: MarkRequest): Promise<void> => {
		while (stdin.bytesRead < after) await turn();
		// The dispatcher takes a token in each turn, and no token is shorter than a byte.
		for (let turns = after - handled + turnsOfInk; turns > 0; turns -= 1) await turn();
		handled = after;
		store.setState({...(isNew ? beginning : {}), project: `${beginning.project} ${mark}`});
	};
	const server = createServer(socket => {
		socket.unref();
		createInterface({input: socket}).on('line', line => void show(JSON.parse(line) as MarkRequest));
	});
	await once(server.listen(path).unref(), 'listening');
};

/** Asks for marks, one after the other. */
export const connectToMarks = async (path: string) => {
	const socket = connect(path);
	await once(socket, 'connect');
	return {
		ask: (request: MarkRequest): void => void socket.write(`${JSON.stringify(request)}\n`),
		close: (): void => void socket.destroy(),
	};
};
