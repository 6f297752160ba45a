import {hold, unlock} from '../../app/ledger/hold.ts';
import {beginLedgerAnew, verifyLedger} from '../../app/ledger/ledger-care.ts';
import {approveBuild} from '../../app/checklist/sign-off.ts';
import {appsOf} from '../../app/target-of.ts';
import {shortCommit} from '../../domain/build.ts';
import {checkWords} from '../../domain/runs/confirm.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {DeployError, exitCodes} from '../../domain/errors.ts';
import {moment} from '../../domain/format.ts';
import {environmentNamed, type CliContext, type Cockpit} from '../cli-context.ts';
import {jsonSchemaVersion} from '../run-printer.ts';
import {paint, type Terminal} from '../terminal.ts';

const tell = (terminal: Terminal, json: boolean, object: Readonly<Record<string, unknown>>, text: string): void =>
	terminal.out(json ? `${JSON.stringify({schema: jsonSchemaVersion, ...object})}\n` : `${text}\n`);

/** `2h`, `90m` in minutes. Throws DeployError `usage`. */
const minutesIn = (text: string): number => {
	const [, count, unit] = /^(\d{1,4})(m|h)$/.exec(text) ?? [];
	const minutes = Number(count) * (unit === 'h' ? 60 : 1);
	if (minutes > 0) return minutes;
	throw new DeployError({
		code: 'usage',
		what: `${JSON.stringify(text)} is not a duration`,
		why: 'a hold ends by itself',
		now: 'Nothing was changed.',
		next: 'Write --for 2h or --for 90m.',
	});
};

const reasonOf = (reason: string): string => {
	const text = reason.trim();
	if (text.length >= 3 && !/\p{Cc}/u.test(text)) return text;
	throw new DeployError({
		code: 'usage',
		what: 'A reason is missing',
		why: 'others read it before they ask you',
		now: 'Nothing was changed.',
		next: 'Say why in a few words: --reason "load test until noon"',
	});
};

export type HoldOptions = {
	readonly env: string;
	readonly app?: AppName;
	readonly reason: string;
	readonly for: string;
	readonly json: boolean;
};

const held = (environment: Environment, app: AppName | undefined): readonly AppName[] =>
	app ? [app] : appsOf(environment);

/** `cockpit hold`: keeps others from deploying, with a reason and an end. */
export const holdAll = async ({terminal}: CliContext, cockpit: Cockpit, options: HoldOptions): Promise<number> => {
	const environment = environmentNamed(cockpit, options.env);
	const reason = reasonOf(options.reason);
	const minutes = minutesIn(options.for);
	const apps = held(environment, options.app);
	const until = await hold(cockpit.services, {environment, apps, reason, minutes});
	const object = {type: 'held', environment: environment.name, apps, reason, until: new Date(until).toISOString()};
	tell(
		terminal,
		options.json,
		object,
		`${apps.join(' and ')} of ${environment.title} held until ${moment(until, environment.timeZone)}: ${reason}`,
	);
	return 0;
};

/** `cockpit unlock`: ends a hold, whoever's it is; it is written down. */
export const unlockAll = async (
	{terminal}: CliContext,
	cockpit: Cockpit,
	options: Omit<HoldOptions, 'for'>,
): Promise<number> => {
	const environment = environmentNamed(cockpit, options.env);
	const reason = reasonOf(options.reason);
	const lifted = await unlock(cockpit.services, {environment, apps: held(environment, options.app), reason});
	const text =
		lifted.length === 0
			? `Nothing of ${environment.title} was held. A run is taken over with: cockpit resume`
			: `${lifted.join(' and ')} of ${environment.title} may be deployed again.`;
	tell(terminal, options.json, {type: 'unlocked', environment: environment.name, apps: lifted, reason}, text);
	return 0;
};

/** `cockpit approve <app>`: signs the build that is on an environment for promotion. */
export const approve = async (
	{terminal}: CliContext,
	cockpit: Cockpit,
	app: AppName,
	{env, note, json}: {readonly env: string; readonly note?: string; readonly json: boolean},
): Promise<number> => {
	const environment = environmentNamed(cockpit, env);
	const {commit} = await approveBuild(cockpit.services, {environment, app, ...(note === undefined ? {} : {note})});
	tell(
		terminal,
		json,
		{type: 'approved', app, environment: environment.name, commit},
		`${app} ${shortCommit(commit)} on ${environment.title} approved.`,
	);
	return 0;
};

/** `cockpit ledger verify`: does it hold together, here and with what others have seen of it. Exits 7 when not. */
export const verify = async (
	{terminal}: CliContext,
	cockpit: Cockpit,
	{env, json}: {readonly env: string; readonly json: boolean},
): Promise<number> => {
	const environment = environmentNamed(cockpit, env);
	const {reading, asked, silent} = await verifyLedger(cockpit.services, environment, cockpit.environments);
	const {fault, head, faultLine} = reading;
	const object = {
		type: 'ledger',
		environment: environment.name,
		isIntact: fault === undefined,
		entries: reading.entries.length,
		head: head ?? null,
		...(fault === undefined ? {} : {fault}),
		...(faultLine === undefined ? {} : {line: faultLine}),
		askedOf: asked,
		silent,
	};
	const seen = asked.length > 0 ? `, and with what ${asked.join(' and ')} saw of it` : '';
	const text =
		fault === undefined
			? paint(
					terminal,
					'success',
					`✓ ${environment.title}: ${reading.entries.length.toLocaleString('en')} entries hold together${seen}; head ${head?.hash.slice(0, 12) ?? 'none'}`,
				)
			: paint(terminal, 'danger', `✗ the ledger of ${environment.title} ${fault}`);
	tell(terminal, json, object, text);
	if (!json)
		for (const {environment: other, why} of silent)
			terminal.out(`${paint(terminal, 'attention', `? ${other} was not asked: ${why}`)}\n`);
	if (!json && fault !== undefined)
		terminal.out(
			`  Gates are closed. Find out what happened; then begin it anew: cockpit ledger adopt --env ${environment.name} --reason ...\n`,
		);
	return fault === undefined ? 0 : exitCodes['checked-bad'];
};

/** `cockpit ledger adopt`: puts a ledger that can't be relied on aside and begins a new one; soak and tests start over. */
export const adoptAnew = async (
	{terminal}: CliContext,
	cockpit: Cockpit,
	{env, reason, json}: {readonly env: string; readonly reason: string; readonly json: boolean},
): Promise<number> => {
	const environment = environmentNamed(cockpit, env);
	const why = reasonOf(reason);
	if (terminal.isInteractive && !json) {
		const what = `Begin the ledger of ${environment.title} anew: every app has to be deployed, soaked and tested again`;
		checkWords(what, ['adopt'], [(await terminal.ask(`${what}. Type adopt to go on: `)) ?? '']);
	}
	const {kept} = await beginLedgerAnew(cockpit.services, environment, why);
	tell(
		terminal,
		json,
		{type: 'ledger.adopted', environment: environment.name, kept: kept ?? null},
		`The ledger of ${environment.title} begins anew${kept === undefined ? '' : `; the old one is kept as ${kept}`}.`,
	);
	return 0;
};
