import {writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import type {Cockpit} from './cli/cli-context.ts';
import {jsonSchemaVersion} from './cli/print-json.ts';
import {wantsColour} from './cli/terminal.ts';
import {exportFiles} from './services/local/export-file.ts';
import {createLocalFacts} from './services/local/local-facts.ts';
import {createCockpitStore} from './store/create-store.ts';
import {createBackupsController} from './control/backups-controller.ts';
import {createChecklistController} from './control/checklist/checklist-controller.ts';
import {createDeployController} from './control/deploy-controller.ts';
import {createEvidenceController} from './control/evidence-controller.ts';
import {createHistoryController} from './control/history-controller.ts';
import {createOverviewController} from './control/overview-controller.ts';
import {startTui} from './tui/start-tui.tsx';

/** Opens the full screen on a loaded set of environments and resolves with the exit code. */
export const openTui = async (
	{environments, checklists, services, outbox, differs = []}: Cockpit,
	stateHome: string,
): Promise<number> => {
	const [first] = environments;
	const store = createCockpitStore({
		project: first?.project ?? '',
		environments: environments.map(({name, title, tier, timeZone}) => ({
			name,
			title,
			tier,
			timeZone,
			status: undefined,
			readAt: undefined,
		})),
		checklists,
		now: services.clock.now(),
	});
	if (differs.length > 0)
		store.getState().say('attention', `Not as committed, and not counted until committed: ${differs.join(', ')}.`);
	const local = createLocalFacts({path: process.env['PATH'] ?? ''});
	const overview = createOverviewController({services, environments, store, local});
	const onFault = (error: unknown): void => {
		// The console goes to the log of the cockpit while a screen is up.
		console.error(error);
		store.getState().say('danger', 'A fault of the cockpit itself; the log has the details.');
	};
	const deploy = createDeployController({services, environments, checklists, store, onFault});
	const evidence = createEvidenceController({services, environments, checklists, store, onFault});
	const backups = createBackupsController({services, environments, store, onFault});
	const history = createHistoryController({
		services,
		environments,
		store,
		schema: jsonSchemaVersion,
		save: async (name, text) => {
			const path = resolve(name);
			// Never over a file that is there.
			await writeFile(path, text, {flag: 'wx', mode: 0o600});
			return path;
		},
		onFault,
	});
	const checklist = createChecklistController({
		services,
		environments,
		checklists,
		store,
		files: exportFiles,
		...(outbox ? {outbox} : {}),
		onFault,
	});
	return startTui({
		store,
		controller: {
			...overview,
			...deploy,
			...backups,
			...history,
			...checklist,
			refresh: () => {
				overview.refresh();
				evidence.refresh();
				checklist.refresh();
			},
			start: () => {
				overview.start();
				evidence.start();
				deploy.start();
				backups.start();
				history.start();
				checklist.start();
			},
			stop: async () => {
				await Promise.all([
					overview.stop(),
					evidence.stop(),
					deploy.stop(),
					backups.stop(),
					history.stop(),
					checklist.stop(),
				]);
			},
		},
		stdin: process.stdin,
		stdout: process.stdout,
		environment: process.env,
		hasColour: wantsColour(process.env, true),
		logPath: join(stateHome, 'cockpit', 'cockpit.log'),
	});
};
