import {Socket} from 'node:net';

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

// oxlint-disable-next-line typescript/unbound-method -- called through Reflect.apply with its own this
const connect = Socket.prototype.connect;

/** Every test runs behind this: a connection to anything but loopback is a bug, and fails at the call. */
const connectToLoopback = function (this: Socket, ...args: unknown[]): Socket {
	const [first] = args.flat();
	const host = typeof first === 'object' && first !== null && 'host' in first ? first.host : args.flat()[1];
	if (typeof host === 'string' && !isLoopback(host)) throw new Error(`test tried to connect to ${host}`);
	return Reflect.apply(connect, this, args);
};

// Once, where a process runs the tests of several files.
if (connect.name !== connectToLoopback.name) Socket.prototype.connect = connectToLoopback;
