import {join} from 'node:path';
import type {Cockpit} from './cli/cli-context.ts';
import {jsonSchemaVersion} from './cli/print-json.ts';
import {wantsColour} from './cli/terminal.ts';
import {exportFiles} from './services/local/export-file.ts';
import {terminalClipboard} from './services/local/terminal-clipboard.ts';
import {createLocalFacts} from './services/local/local-facts.ts';
import {createCockpitStore} from './store/create-store.ts';
import {createBackupsController} from './control/backups/backups-controller.ts';
import {createChecklistController} from './control/checklist/checklist-controller.ts';
import {controllerOf} from './control/controller.ts';
import {createEvidenceController} from './control/overview/evidence-controller.ts';
import {keepWatch} from './app/watch/keep-watch.ts';
import {createGuidesController} from './control/guides/guides-controller.ts';
import {createHealthController} from './control/health/health-controller.ts';
import {createHistoryController} from './control/history/history-controller.ts';
import {createLogsController} from './control/logs/logs-controller.ts';
import {createOverviewController} from './control/overview/overview-controller.ts';
import {createRunControllers} from './control/run-controllers.ts';
import {startTui} from './tui/start-tui.tsx';

/** Opens the full screen on a loaded set of environments and resolves with the exit code. */
export const openTui = async (
	{environments, checklists, services, outbox, differs = [], unset = []}: Cockpit,
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
	const notices = [
		...(differs.length > 0 ? [`Not as committed, and not counted until committed: ${differs.join(', ')}.`] : []),
		...(unset.length > 0 ? [`Not set here, so nobody is told by it: ${unset.join(', ')}.`] : []),
	];
	if (notices.length > 0) store.getState().say('attention', notices.join(' '));
	const options = {
		services,
		environments,
		checklists,
		store,
		onFault: (error: unknown): void => {
			// The console goes to the log of the cockpit while a screen is up.
			console.error(error);
			store.getState().say('danger', 'A fault of the cockpit itself; the log has the details.');
		},
	};
	return startTui({
		store,
		controller: controllerOf({
			overview: createOverviewController({
				...options,
				local: createLocalFacts({path: process.env['PATH'] ?? ''}),
			}),
			evidence: createEvidenceController(options),
			...createRunControllers(options),
			health: createHealthController({...options, keep: keepWatch}),
			backups: createBackupsController(options),
			history: createHistoryController({...options, schema: jsonSchemaVersion, files: exportFiles(0o600)}),
			guides: createGuidesController({...options, clipboard: terminalClipboard(process.stdout, process.env)}),
			logs: createLogsController({...options, files: exportFiles(0o600)}),
			// Others read it, as any document there.
			checklist: createChecklistController({...options, files: exportFiles(0o644), ...(outbox ? {outbox} : {})}),
		}),
		stdin: process.stdin,
		stdout: process.stdout,
		environment: process.env,
		hasColour: wantsColour(process.env, true),
		logPath: join(stateHome, 'cockpit', 'cockpit.log'),
	});
};
