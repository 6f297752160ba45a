import {posix} from 'node:path';
import {size} from '../../domain/format.ts';
import type {Results, Step} from '../../domain/runs/pipeline.ts';
import {backUpHooks} from '../hooks/closing-steps.ts';
import {backUpAction} from '../run/archive-live.ts';
import {isProduction, type DeployValues} from './plan.ts';

/** Keeps the live release restorable. Nothing live changes before it is finished and read back. */
export const backUp = (plan: DeployValues): Step => ({
	id: 'back-up',
	title: isProduction(plan) ? 'Create production backup' : 'Back up',
	touches: 'backups',
	after: ['pre-flight-checks'],
	actions: [backUpAction(plan, `before ${plan.release}`), ...backUpHooks(plan)],
	summary: results => {
		if (plan.environment.backups.policy === 'after-deploy')
			return 'written behind the run, pending until it is whole';
		const bytes = archivedBytes(results);
		return bytes === undefined ? 'nothing was live' : `${posix.basename(plan.backupFile)}, ${size(bytes)}`;
	},
	sizeBytes: archivedBytes,
});

const archivedBytes = (results: Results): number | undefined => {
	const bytes = /verified \d+ entries, (\d+) bytes/.exec(results['back-up'] ?? '')?.[1];
	return bytes === undefined ? undefined : Number(bytes);
};
