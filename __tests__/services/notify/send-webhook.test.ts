import {expect, test} from 'vitest';
import type {Message} from '../../../src/domain/notify/message.ts';
import {until} from '../../support/wait.ts';
import {endpoint, failedMessage, failedText, notifierOnClock, notifierWith, webhookTo} from './messages.ts';

test('webhook: one POST of JSON with the whole text, in which nothing calls a channel', async () => {
	await using slack = await endpoint((_, response) => response.end('ok'));
	const {notifier, lost} = notifierWith({variables: {SLACK: slack.url}});
	notifier.say({...failedMessage, lines: ['<!channel> & <script>']}, [webhookTo('SLACK')]);
	await notifier.settled();

	expect(slack.bodies).toHaveLength(1);
	expect(slack.bodies[0]?.request).toMatchObject({method: 'POST', url: '/services/T0/SECRET'});
	expect(slack.bodies[0]?.request.headers['content-type']).toBe('application/json');
	expect(JSON.parse(slack.bodies[0]?.body ?? '')).toEqual({
		text: `${failedMessage.title}\n&lt;!channel&gt; &amp; &lt;script&gt;\nMore: /state/r1/run.log`,
	});
	expect(lost).toEqual([]);
});

test('webhook: one that fails twice is asked again, with pauses, and then it has arrived', async () => {
	await using slack = await endpoint((_, response, count) => {
		response.statusCode = count < 3 ? 503 : 200;
		response.end();
	});
	const {notifier, lost, paused} = notifierWith({variables: {SLACK: slack.url}});
	notifier.say(failedMessage, [webhookTo('SLACK')]);
	await notifier.settled();

	expect(slack.bodies.map(({body}) => (JSON.parse(body) as {text: string}).text)).toEqual(
		Array.from({length: 3}, () => failedText),
	);
	expect(paused).toEqual([2000, 15_000]);
	expect(lost).toEqual([]);
});

test('webhook: one that goes on failing is given up after three further tries, and said once, without its address', async () => {
	await using slack = await endpoint((_, response) => {
		response.statusCode = 500;
		response.end();
	});
	const {notifier, lost, paused} = notifierWith({variables: {SLACK: slack.url}});
	notifier.say(failedMessage, [webhookTo('SLACK')]);
	await notifier.settled();

	expect(slack.bodies).toHaveLength(4);
	expect(paused).toEqual([2000, 15_000, 45_000]);
	expect(lost).toEqual([`not told: "${failedMessage.title}" by webhook of SLACK: answered 500`]);
});

test.each([
	{status: 404, why: 'answered 404'},
	{status: 302, why: 'answered 302'},
])('webhook: $status will not be better in a minute, and leads nowhere else', async ({status, why}) => {
	await using slack = await endpoint((_, response) => {
		response.writeHead(status, {location: '/elsewhere'});
		response.end();
	});
	const {notifier, lost} = notifierWith({variables: {SLACK: slack.url}});
	notifier.say(failedMessage, [webhookTo('SLACK')]);
	await notifier.settled();

	expect(slack.bodies).toHaveLength(1);
	expect(lost).toEqual([`not told: "${failedMessage.title}" by webhook of SLACK: ${why}`]);
});

const textsOf = (bodies: readonly {readonly body: string}[]): readonly string[] =>
	bodies.map(({body}) => (JSON.parse(body) as {text: string}).text.split('\n')[0] ?? '');

const about = (title: string, more: Partial<Message> = {}): Message => ({
	...failedMessage,
	title,
	key: title,
	lines: [],
	...more,
});

test('webhook: messages arrive in the order they were said, also behind one that is tried again', async () => {
	await using slack = await endpoint((_, response, count) => {
		response.statusCode = count === 1 ? 503 : 200;
		response.end();
	});
	const {notifier, lost} = notifierWith({variables: {SLACK: slack.url}});
	notifier.say(about('first', {about: 'trigger down'}), [webhookTo('SLACK')]);
	notifier.say(about('of another app', {about: 'trigger down', app: 'frontend'}), [webhookTo('SLACK')]);
	notifier.say(about('about nothing'), [webhookTo('SLACK')]);
	await notifier.settled();

	expect(textsOf(slack.bodies)).toEqual(['first', 'first', 'of another app', 'about nothing']);
	expect(lost).toEqual([]);
});

test('webhook: what has not arrived gives way to what is newer about the same, so that the last word is true', async () => {
	await using slack = await endpoint((_, response, count) => {
		response.statusCode = count === 1 ? 503 : 200;
		response.end();
	});
	const {notifier, lost, time} = notifierOnClock({variables: {SLACK: slack.url}});
	notifier.say(about('API not 200', {about: 'trigger down'}), [webhookTo('SLACK')]);
	await until('the pause before another try', () => time.waiting === 1);
	notifier.say(about('no longer API not 200', {about: 'trigger down'}), [webhookTo('SLACK')]);
	await notifier.settled();

	expect(textsOf(slack.bodies)).toEqual(['API not 200', 'no longer API not 200']);
	expect(lost).toEqual([]);
	expect(time.waiting).toBe(0);
});

test('webhook: at the end each message that still waits is told as lost', async () => {
	await using hangs = await endpoint(() => undefined);
	const {notifier, lost} = notifierWith({variables: {SLACK: hangs.url}});
	notifier.say(about('first'), [webhookTo('SLACK')]);
	notifier.say(about('second'), [webhookTo('SLACK')]);
	await hangs.came;
	await notifier.close(0);
	await notifier.settled();

	expect(lost.map(text => text.split('"')[1])).toEqual(['first', 'second']);
	expect(textsOf(hangs.bodies)).toEqual(['first']);
});

test('webhook: one that never answers ends by its time limit', async () => {
	await using slack = await endpoint(() => undefined);
	const {notifier, lost} = notifierWith({variables: {SLACK: slack.url}, timeoutMs: 20});
	notifier.say(failedMessage, [webhookTo('SLACK')]);
	await notifier.settled();

	expect(lost).toEqual([`not told: "${failedMessage.title}" by webhook of SLACK: no answer in 0.02 s`]);
});

test('webhook: a target that hangs keeps no other waiting, and is given up at the end', async () => {
	await using hangs = await endpoint(() => undefined);
	await using answers = await endpoint((_, response) => response.end());
	const {notifier, lost, time} = notifierOnClock({variables: {HANGS: hangs.url, ANSWERS: answers.url}});
	notifier.say(failedMessage, [webhookTo('HANGS'), webhookTo('ANSWERS')]);
	await Promise.all([hangs.came, answers.came]);
	const closed = notifier.close(5000);
	await time.advance(5000);
	await closed;

	expect(lost).toEqual([
		`not told: "${failedMessage.title}" by webhook of HANGS: it was still on its way at the end`,
	]);
});

test.each([
	{variables: {}, why: 'SLACK is not set'},
	{variables: {SLACK: 'SECRET'}, why: 'SLACK holds no address that begins with https://'},
	{variables: {SLACK: 'file:///SECRET'}, why: 'SLACK holds no address that begins with https://'},
])('webhook: $why', async ({variables, why}) => {
	const {notifier} = notifierWith({variables});

	expect(await notifier.tellNow(failedMessage, webhookTo('SLACK'))).toBe(why);
});

test('webhook: where nobody listens, what is said holds no part of the address', async () => {
	const gone = await endpoint(() => undefined);
	await gone[Symbol.asyncDispose]();
	const {notifier} = notifierWith({variables: {SLACK: gone.url}});

	expect(await notifier.tellNow(failedMessage, webhookTo('SLACK'))).toBe('could not be reached (ECONNREFUSED)');
});
