import {leaveHead, notLeftText} from '../../app/ledger/leave-head.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import type {Cockpit} from '../cli-context.ts';
import {paint, type Terminal} from '../terminal.ts';

/** Leaves the head of a ledger that was signed in on its neighbours, and says where it could not; beside the output. */
export const tellHeads = async (
	terminal: Terminal,
	{services, environments}: Pick<Cockpit, 'services' | 'environments'>,
	environment: Environment,
): Promise<void> => {
	for (const not of await leaveHead(services, environment, environments))
		terminal.err(`${paint(terminal, 'attention', notLeftText(environment, not))}\n`);
};
