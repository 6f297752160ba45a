import {beginLedgerAnew, verifyLedger} from '../../app/ledger/ledger-care.ts';
import {checkWords} from '../../domain/runs/confirm.ts';
import {exitCodes} from '../../domain/errors.ts';
import {environmentOption, jsonOption, reasonOf, reasonOption, toKeep, type JsonOption} from '../options.ts';
import {tell} from '../print-json.ts';
import {paint} from '../terminal.ts';
import type {Place, RegisterVerb} from '../verb.ts';

export const register: RegisterVerb = (program, {onEnvironment}) => {
	const ledger = program.command('ledger').description("the team's memory on each primary host");
	ledger
		.command('verify')
		.description('does it hold together, here and with what others have seen of it; exit 7 when not')
		.addOption(environmentOption())
		.addOption(jsonOption())
		.action(onEnvironment(verify));
	ledger
		.command('adopt')
		.description('put a ledger that can not be relied on aside and begin anew: soak and tests start over')
		.addOption(environmentOption())
		.addOption(reasonOption())
		.addOption(jsonOption())
		.action(onEnvironment(adoptAnew));
};

/** `cockpit ledger verify`: does it hold together, here and with what others have seen of it. Exits 7 when not. */
const verify = async ({terminal, cockpit, services, environment}: Place, {json}: JsonOption): Promise<number> => {
	const {reading, asked, silent} = await verifyLedger(services, environment, cockpit.environments);
	const {fault, head, faultLine, seenBy = []} = reading;
	const object = {
		type: 'ledger',
		environment: environment.name,
		isIntact: fault === undefined,
		entries: reading.entries.length,
		head: head ?? null,
		fault,
		line: faultLine,
		askedOf: asked,
		seenBy,
		silent,
	};
	const seen =
		seenBy.length > 0
			? `; ${seenBy.map(({who, seq}) => `${who} had seen ${seq.toLocaleString('en')}`).join(', ')}`
			: `; first time this machine sees it, nothing to compare with${asked.length > 0 ? ` on ${asked.join(' and ')}` : ''}`;
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
const adoptAnew = async (place: Place, {reason, json}: JsonOption & {readonly reason: string}): Promise<number> => {
	const {terminal, services, environment} = place;
	const why = toKeep(place, reasonOf(reason));
	if (terminal.isInteractive && !json) {
		const what = `Begin the ledger of ${environment.title} anew: every app has to be deployed, soaked and tested again`;
		checkWords(what, ['adopt'], [(await terminal.ask(`${what}. Type adopt to go on: `)) ?? '']);
	}
	const {kept} = await beginLedgerAnew(services, environment, why);
	tell(
		terminal,
		json,
		{type: 'ledger.adopted', environment: environment.name, kept: kept ?? null},
		`The ledger of ${environment.title} begins anew${kept === undefined ? '' : `; the old one is kept as ${kept}`}.`,
	);
	return 0;
};
