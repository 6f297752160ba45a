import {expect, test} from 'vitest';
import type {NotifyTarget} from '../../../src/domain/notify/message.ts';
import {terminalNotice} from '../../../src/services/notify/send-terminal.ts';
import {failedMessage, notifierWith, webhookTo} from './messages.ts';

const bell: NotifyTarget = {way: 'terminal', how: 'bell', on: ['failed']};
const desktop: NotifyTarget = {way: 'terminal', how: 'desktop', on: ['failed']};

test('notifier: one message for one change of state, told to those who asked for it', async () => {
	const written: string[] = [];
	const {notifier} = notifierWith({screen: () => text => written.push(text)});
	notifier.say({...failedMessage, event: 'done', key: 'run r1 done'}, [bell]);
	notifier.say(failedMessage, [bell]);
	notifier.say(failedMessage, [bell]);
	notifier.say({...failedMessage, environment: 'preprod'}, [bell]);
	await notifier.settled();

	expect(written).toEqual(['\u0007', '\u0007']);
});

test('notifier: a message nobody asked for does not count as told', async () => {
	const written: string[] = [];
	const {notifier} = notifierWith({screen: () => text => written.push(text)});
	notifier.say(failedMessage, [{...bell, on: ['done']}]);
	notifier.say(failedMessage, [bell]);
	await notifier.settled();

	expect(written).toEqual(['\u0007']);
});

test('notifier: where no screen is open, the terminal is left alone and nothing counts as lost', async () => {
	const {notifier, lost} = notifierWith({variables: {TERM: 'foot'}});
	notifier.say(failedMessage, [bell, desktop]);
	await notifier.settled();

	expect(lost).toEqual([]);
});

test('notifier: after its end nothing leaves any more', async () => {
	const {notifier, lost} = notifierWith();
	await notifier.close(0);
	notifier.say(failedMessage, [webhookTo('SLACK')]);
	await notifier.settled();

	expect(lost).toEqual([]);
});

test.each([
	{variables: {TERM_PROGRAM: 'iTerm.app'}, notice: '\u001B]9;Failed: a b\u0007'},
	{variables: {TERM: 'xterm-kitty'}, notice: '\u001B]9;Failed: a b\u0007'},
	{variables: {TERM_PROGRAM: 'WezTerm'}, notice: '\u001B]9;Failed: a b\u0007'},
	{variables: {TERM: 'xterm-ghostty'}, notice: '\u001B]9;Failed: a b\u0007'},
	{variables: {TERM: 'xterm-256color', WT_SESSION: 'f1'}, notice: '\u001B]9;Failed: a b\u0007'},
	{variables: {TERM: 'rxvt-unicode-256color'}, notice: '\u001B]777;notify;Release Cockpit;Failed: a b\u001B\\'},
	{variables: {TERM_PROGRAM: 'Apple_Terminal', TERM: 'xterm-256color'}, notice: undefined},
	{variables: {TERM: 'linux'}, notice: undefined},
	{variables: {TERM: 'foot-extra'}, notice: '\u001B]777;notify;Release Cockpit;Failed: a b\u001B\\'},
	{variables: {TERM: 'xterm-256color'}, notice: undefined},
	{variables: {TERM: 'xterm-kitty', TMUX: '/tmp/tmux'}, notice: undefined},
])('terminal: a notice of the desktop with $variables', ({variables, notice}) => {
	const said = terminalNotice({title: 'Failed: a\u0007;\u001Bb'}, {way: 'terminal', how: 'desktop'}, variables);

	expect(said).toBe(notice);
});
