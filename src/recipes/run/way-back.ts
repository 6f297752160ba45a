import {sshLine} from '../../commands/releases/way-back.ts';
import type {RunPlan} from './plan.ts';

/** How people go back once a release is live, with the cockpit. */
export const wayBackByCockpit = ({record: {app}, environment}: Pick<RunPlan, 'record' | 'environment'>): string =>
	`cockpit rollback ${app} --env ${environment.name} --to previous --confirm ROLLBACK`;

/** The same, and with the script that is kept on the host. Behind a rollback that one changes nothing: it never goes forward. */
export const wayBack = (plan: RunPlan): readonly string[] => [
	wayBackByCockpit(plan),
	sshLine(plan.host, 'sh', `${plan.state.directory}/rollback-${plan.record.app}.sh`),
];
