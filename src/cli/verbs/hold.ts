import {hold} from '../../app/ledger/hold.ts';
import {appsOf} from '../../app/target-of.ts';
import {moment} from '../../domain/format.ts';
import {
	environmentOption,
	jsonOption,
	minutesIn,
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
		.command('hold')
		.description('keep others from deploying, with a reason and an end')
		.addOption(environmentOption())
		.addOption(onlyAppOption())
		.addOption(reasonOption())
		.option('--for <duration>', 'until then, e.g. 2h or 90m', '2h')
		.addOption(jsonOption())
		.action(onEnvironment(holdAll));

/** `cockpit hold`: keeps others from deploying, with a reason and an end. */
const holdAll = async (place: Place, options: HoldOptions & {readonly for: string}): Promise<number> => {
	const {terminal, services, environment} = place;
	const reason = toKeep(place, reasonOf(options.reason));
	const minutes = minutesIn(options.for, '--for');
	const apps = options.app ? [options.app] : appsOf(environment);
	const until = await hold(services, {environment, apps, reason, minutes});
	const object = {type: 'held', environment: environment.name, apps, reason, until: new Date(until).toISOString()};
	tell(
		terminal,
		options.json,
		object,
		`${apps.join(' and ')} of ${environment.title} held until ${moment(until, environment.timeZone)}: ${reason}`,
	);
	return 0;
};
