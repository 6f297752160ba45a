import {prepareLink, renameLink} from '../../commands/releases/swap.ts';
import type {WaysBack} from '../../commands/rollback/ways-back.ts';
import type {Command} from '../../domain/command.ts';
import type {Service} from '../../domain/environments/environment.ts';
import type {Refusal} from '../../domain/runs/pipeline.ts';
import {sudoRefusal} from '../run/sudo-refusal.ts';
import {isSnapshot, type RollbackPlan} from './plan.ts';

/** What runs PHP holds the old code; the web server before it only passes on, and is told to look again. */
export const stopsForSwap = ({unit, after}: Service): boolean => after !== 'nothing' && unit.includes('php');

const ofServices = (services: readonly Service[]): readonly Command['argv'][] =>
	services
		.filter(({after}) => after !== 'nothing')
		.flatMap((service): Command['argv'][] => [
			['systemctl', stopsForSwap(service) ? 'stop' : service.after, service.unit],
			['systemctl', 'start', service.unit],
		]);

/**
 * What a rollback can't do without: what its swap calls as root, and the rights of the app's owner where a release is made
 * or read. What is noted when it does not work, as the services of a frontend, keeps nobody from going back.
 */
export const rightsOf = (
	plan: Pick<RollbackPlan, 'layout' | 'release' | 'target' | 'goal'>,
): {readonly owner: string; readonly asRoot: readonly Command['argv'][]} => {
	const {layout, release, target} = plan;
	const isBackend = target.recipe === 'laravel';
	return {
		owner: isBackend && isSnapshot(plan) ? '' : target.owner,
		asRoot: [
			prepareLink(layout, release).argv,
			renameLink(layout),
			...(isBackend ? ofServices(target.services) : []),
		],
	};
};

/** Why the rights there are do not let it begin: before anything stops, with what is missing by name. */
export const checkRights = ({target}: Pick<RollbackPlan, 'target'>, {rights, denied}: WaysBack): Refusal | undefined =>
	sudoRefusal(target.owner, {notAsOwner: rights, denied}, 'the swap would stop half-way without them');
