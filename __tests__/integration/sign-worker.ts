import {createLedgerBook} from '../../src/app/ledger/ledger-book.ts';
import {signItem} from '../../src/app/checklist/sign-off.ts';
import {loadChecklists} from '../../src/config/checklists/load-checklists.ts';
import {loadEnvironments} from '../../src/config/environments/load-environments.ts';
import {hasCode} from '../../src/domain/errors.ts';
import {createSessionManager} from '../../src/services/ssh/session-manager.ts';
import {createLedgerCache} from '../../src/services/state/ledger-cache.ts';
import {noSignatures} from '../support/ledger.ts';
import {policyAsOpened} from '../support/policy.ts';

// One engineer who signs again and again: `sign-worker.ts CONFIG HOME NAME COUNT`. Prints the number of each result that
// the ledger has taken. Whoever starts it again goes on where the ledger ends, as a person would who looks first.
const [config = '', home = '', name = '', count = '0'] = process.argv.slice(2);
const [{environments}, checklists] = await Promise.all([loadEnvironments(config, {home}), loadChecklists(config)]);
const environment = environments.find(({hosts}) => hosts.length > 0);
if (!environment) throw new Error('no environment with hosts');
const sessions = createSessionManager({environment: process.env});
const ledgers = createLedgerBook(sessions, createLedgerCache(`${home}/state`));
const services = {
	sessions,
	ledgers,
	policy: policyAsOpened(),
	signatures: noSignatures,
	actorFor: async () => ({name, machine: name}),
};

const noteOf = (index: number): string => `${name} looked ${index} times`;
const isThere = async (note: string): Promise<boolean> =>
	(await ledgers.read(environment)).entries.some(({data}) => data['note'] === note);

for (let index = 1; index <= Number(count); index++) {
	const note = noteOf(index);
	for (let tries = 1; ; tries++) {
		try {
			if (await isThere(note)) break;
			await signItem(services, {
				environment,
				checklists,
				finding: {item: 'one', result: 'unclear', note, retest: true},
			});
			break;
		} catch (error) {
			// A lost link leaves open whether it was taken: the ledger is asked. A host that stays away ends it.
			if (tries === 20 || !hasCode(error, 'link-lost', 'unreachable')) throw error;
		}
	}
	process.stdout.write(`${index}\n`);
}
await sessions.close();
