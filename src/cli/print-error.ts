import {DeployError, exitCodes} from '../domain/errors.ts';
import {guideCommand, guidePlaceOf} from '../domain/guides/guide-places.ts';
import {withoutSecrets} from '../domain/logs/mask.ts';
import {sanitise} from '../domain/sanitise.ts';
import {asKnownError} from '../domain/system-faults.ts';
import {blockedBanner} from './banners.ts';
import {jsonSchemaVersion} from './print-json.ts';
import {paint, type Terminal} from './terminal.ts';

/* Names and words of a host or a repository are part of errors: shown, never obeyed. */
const clean = (text: string): string => text.split('\n').map(sanitise).join('\n');

const row = (name: string, text: string): string[] => {
	if (text === '') return [];
	const [first = '', ...rest] = clean(text).split('\n');
	return [`  ${name.padEnd(5)} ${first}`, ...rest.map(line => `        ${line}`)];
};

/** What was told before it still holds. */
const known = (error: unknown): unknown => {
	const said = asKnownError(error);
	return said && said !== error ? said.with({now: 'What is live on hosts: cockpit status.'}) : error;
};

/** The error form: what, why, now, next, where a guide says more, log. A bug shows its stack instead. */
export const printError = (terminal: Pick<Terminal, 'err' | 'hasColour'>, thrown: unknown): void => {
	const error = known(thrown);
	if (!(error instanceof DeployError)) {
		const story = error instanceof Error ? (error.stack ?? error.message) : String(error);
		terminal.err(
			`${paint(terminal, 'danger', '✖ A fault of the cockpit itself')}\n${clean(withoutSecrets(story))}\n`,
		);
		return;
	}
	const {what, why, now, next, log} = error;
	// A log keeps the reason in its first line; a person's eye is caught first.
	if (terminal.hasColour && what.startsWith('DEPLOYMENT BLOCKED')) terminal.err(blockedBanner(terminal));
	const place = guidePlaceOf(error);
	const guide = place === undefined ? '' : `${guideCommand(place)}    # ${place.heading}`;
	const lines = [
		...row('Why', why),
		...row('Now', now),
		...row('Next', next),
		...row('Guide', guide),
		...row('Log', log ?? ''),
	];
	terminal.err(`${paint(terminal, 'danger', `✖ ${clean(what).replaceAll('\n', ' ')}`)}\n${lines.join('\n')}\n`);
};

/** The exit code an error stands for; 1 for a bug would look like a closed gate, so it is 3. */
export const exitCodeOf = (error: unknown): number => (error instanceof DeployError ? exitCodes[error.code] : 3);

/** An error as one JSON object. Source: design, "Command line". */
export const errorObject = (thrown: unknown): Readonly<Record<string, unknown>> => {
	const error = known(thrown);
	if (!(error instanceof DeployError)) {
		const why = withoutSecrets(error instanceof Error ? error.message : String(error));
		return {schema: jsonSchemaVersion, type: 'error', code: 'fault', exitCode: 3, why};
	}
	const {code, what, why, now, next, log} = error;
	const guide = guidePlaceOf(error);
	const facts = {what, why, now, next, ...(guide ? {guide} : {}), ...(log ? {log} : {})};
	return {schema: jsonSchemaVersion, type: 'error', code, exitCode: exitCodes[code], ...facts};
};
