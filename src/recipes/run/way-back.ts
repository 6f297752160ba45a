import {sshLine} from '../../commands/releases/way-back.ts';
import type {RunPlan} from './plan.ts';

/** How people go back by hand once a release is live: with the cockpit, or with the script that is kept on the host. */
export const wayBack = ({record: {app}, environment, host, state}: RunPlan): readonly string[] => [
	`cockpit rollback ${app} --env ${environment.name} --to previous --confirm ROLLBACK`,
	sshLine(host, 'sh', `${state.directory}/rollback-${app}.sh`),
];
