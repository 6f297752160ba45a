import {unlock} from '../../app/ledger/hold.ts';
import {appsOf} from '../../app/target-of.ts';
import {
	environmentOption,
	jsonOption,
	onlyAppOption,
	reasonOf,
	reasonOption,
	toKeep,
	type HoldOptions,
} from '../options.ts';
import {tell} from '../print-json.ts';
import type {Place, RegisterVerb} from '../verb.ts';

export const register: RegisterVerb = (program, {onEnvironment}) =>
	program
		.command('unlock')
		.description('end a hold, whoever has it')
		.addOption(environmentOption())
		.addOption(onlyAppOption())
		.addOption(reasonOption())
		.addOption(jsonOption())
		.action(onEnvironment(unlockAll));

/** `cockpit unlock`: ends a hold, whoever's it is; it is written down. */
const unlockAll = async (place: Place, options: HoldOptions): Promise<number> => {
	const {terminal, services, environment} = place;
	const reason = toKeep(place, reasonOf(options.reason));
	const apps = options.app ? [options.app] : appsOf(environment);
	const lifted = await unlock(services, {environment, apps, reason});
	const text =
		lifted.length === 0
			? `Nothing of ${environment.title} was held. A run is taken over with: cockpit resume`
			: `${lifted.join(' and ')} of ${environment.title} may be deployed again.`;
	tell(terminal, options.json, {type: 'unlocked', environment: environment.name, apps: lifted, reason}, text);
	return 0;
};
