import {once} from 'node:events';
import {createServer, type IncomingMessage, type RequestListener} from 'node:http';
import type {AddressInfo} from 'node:net';
import {text} from 'node:stream/consumers';
import type {Message, NotifyTarget} from '../../../src/domain/notify/message.ts';
import {createNotifier, type NotifierOptions} from '../../../src/services/notify/notifier.ts';
import {createMemorySamples} from '../../../src/services/state/memory-samples.ts';
import {createFakeClock} from '../../app/fake-services.ts';

export const failedMessage: Message = {
	event: 'failed',
	environment: 'production',
	app: 'backend',
	title: 'Failed: Deploy backend 7f3a9c2 to Production',
	lines: ['Why: tar exited with 2', 'By Ravi on ravi-thinkpad, run r1'],
	key: 'run r1 end',
	run: 'r1',
	link: '/state/r1/run.log',
};

export const failedText = [
	'Failed: Deploy backend 7f3a9c2 to Production',
	'Why: tar exited with 2',
	'By Ravi on ravi-thinkpad, run r1',
	'More: /state/r1/run.log',
].join('\n');

export const webhookTo = (urlFrom: string): NotifyTarget => ({way: 'webhook', urlFrom, on: ['failed', 'done']});

/** A notifier whose pauses end at once, and all that it lost. */
export const notifierWith = (options: Partial<NotifierOptions> = {}) => {
	const lost: string[] = [];
	const samples = createMemorySamples();
	const paused: number[] = [];
	const notifier = createNotifier({
		clock: {
			now: () => 0,
			wait: async ms => {
				paused.push(ms);
			},
		},
		variables: {},
		isTold: ({environment, key}) => samples.tellOnce({project: 'qsights', environment}, key, 0),
		screen: () => undefined,
		onLost: text => lost.push(text),
		...options,
	});
	return {notifier, lost, paused};
};

/** The same, with pauses that end when the test says so. */
export const notifierOnClock = (options: Partial<NotifierOptions> = {}) => {
	const time = createFakeClock();
	return {...notifierWith({clock: time.clock, ...options}), time};
};

/** A real endpoint; `answer` takes each request after its body has come. */
export const endpoint = async (answer: (...of: [...Parameters<RequestListener>, number]) => void) => {
	const bodies: {readonly request: IncomingMessage; readonly body: string}[] = [];
	const came = Promise.withResolvers<void>();
	const server = createServer((request, response) => {
		void text(request).then(body => {
			bodies.push({request, body});
			came.resolve();
			answer(request, response, bodies.length);
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/SECRET`;
	return {
		url,
		bodies,
		came: came.promise,
		[Symbol.asyncDispose]: async () => {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
};
