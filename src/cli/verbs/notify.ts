import {primaryHost} from '../../domain/environments/environment.ts';
import {exitCodes} from '../../domain/errors.ts';
import {targetName, variablesOf, type Message, type NotifyTarget, type TellNow} from '../../domain/notify/message.ts';
import {environmentOption, jsonOption, type JsonOption} from '../options.ts';
import {printJson} from '../print-json.ts';
import {paint, type Terminal} from '../terminal.ts';
import type {Place, RegisterVerb} from '../verb.ts';

export const register: RegisterVerb = (program, {onEnvironment}) =>
	program
		.command('notify')
		.description('who is told of what happens there')
		.addOption(environmentOption())
		.option('--test', 'send a message to each of them now, and say which arrived', false)
		.addOption(jsonOption())
		.action(onEnvironment(notify));

/** `absent`: not known, it was not tried. */
type Found = {
	readonly target: NotifyTarget;
	readonly state: 'good' | 'bad' | 'absent';
	readonly text: string;
};

const testMessage = async ({services, environment}: Place): Promise<Message> => {
	const {name, machine} = await services.actorFor(primaryHost(environment));
	return {
		event: 'test',
		environment: environment.name,
		title: `Test: messages about ${environment.title} arrive here`,
		lines: ['Nothing has happened, and nothing has to be done.', `Sent by ${name} on ${machine}`],
		key: 'test',
	};
};

const tryOut = async (target: NotifyTarget, message: Message, tellNow: TellNow): Promise<Found> => {
	if (target.way === 'terminal') return {target, state: 'absent', text: 'only while the full screen is open'};
	const why = await tellNow(message, target);
	return why === undefined ? {target, state: 'good', text: 'arrived'} : {target, state: 'bad', text: why};
};

const look = (target: NotifyTarget, unset: readonly string[]): Found => {
	const missing = variablesOf(target).find(name => unset.includes(name));
	return missing === undefined
		? {target, state: 'absent', text: 'not tried; --test does'}
		: {target, state: 'bad', text: `${missing} is not set`};
};

const marks = {good: ['✓', 'success'], bad: ['✗', 'danger'], absent: ['–', 'muted']} as const;

const print = (terminal: Terminal, {target, state, text}: Found, json: boolean): void => {
	const name = targetName(target);
	if (json) return printJson(terminal, {type: 'notify', target: name, on: target.on, state, text});
	const [glyph, meaning] = marks[state];
	terminal.out(`  ${paint(terminal, meaning, `${glyph} ${name}`)}  ${text}\n    on ${target.on.join(', ')}\n`);
};

/** `cockpit notify --env E`: who is told of what, and with --test whether it arrives. Exits 7 when one can't be told. */
const notify = async (place: Place, {test, json}: JsonOption & {readonly test: boolean}): Promise<number> => {
	const {terminal, cockpit, environment} = place;
	const {notify: targets = [], title, file} = environment;
	const {tellNow, unset = []} = cockpit;
	if (targets.length === 0 && !json) terminal.out(`Nobody is told of ${title}: ${file} has no notify:\n`);
	const found =
		test && tellNow && targets.length > 0
			? await testMessage(place).then(async message =>
					Promise.all(targets.map(async target => tryOut(target, message, tellNow))),
				)
			: targets.map(target => look(target, unset));
	for (const one of found) print(terminal, one, json);
	return found.some(({state}) => state === 'bad') ? exitCodes['checked-bad'] : 0;
};
