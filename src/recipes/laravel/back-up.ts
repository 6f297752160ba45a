import {posix} from 'node:path';
import {backUpLiveRelease} from '../../commands/backup.ts';
import {size} from '../../domain/format.ts';
import type {Step} from '../../domain/pipeline.ts';
import type {LaravelPlan} from './plan.ts';

/** Keeps the live release restorable. Nothing live changes before it is finished and read back. */
export const backUp = (plan: LaravelPlan): Step => ({
	id: 'back-up',
	title: 'Back up',
	touches: 'backups',
	after: ['pre-flight-checks'],
	actions: [
		{
			kind: 'job',
			id: 'back-up',
			commands: [
				backUpLiveRelease({
					live: plan.layout.live,
					base: plan.layout.base,
					file: plan.backupFile,
					owner: plan.target.owner,
					root: posix.basename(plan.layout.live),
					excludes: plan.target.excludes,
					shared: plan.target.shared,
					about: {
						app: 'backend',
						run: plan.record.run,
						by: plan.record.actor.name,
						why: `before ${plan.release}`,
					},
				}),
			],
		},
	],
	summary: results => {
		const bytes = /verified \d+ entries, (\d+) bytes/.exec(results['back-up'] ?? '')?.[1];
		return bytes === undefined ? 'nothing was live' : `${posix.basename(plan.backupFile)}, ${size(Number(bytes))}`;
	},
});
