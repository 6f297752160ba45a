import {join} from 'node:path';
import type {Cockpit} from './cli/cli-context.ts';
import {wantsColour} from './cli/terminal.ts';
import {createCockpitStore} from './store/create-store.ts';
import {createDeployController} from './store/deploy-controller.ts';
import {createOverviewController} from './store/overview-controller.ts';
import {startTui} from './tui/start-tui.tsx';

/** Opens the full screen on a loaded set of environments and resolves with the exit code. */
export const openTui = async ({environments, services}: Cockpit, stateHome: string): Promise<number> => {
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
		now: services.clock.now(),
	});
	const options = {services, environments, store};
	return startTui({
		store,
		controller: {...createDeployController(options), ...createOverviewController(options)},
		stdin: process.stdin,
		stdout: process.stdout,
		environment: process.env,
		hasColour: wantsColour(process.env, true),
		logPath: join(stateHome, 'cockpit', 'cockpit.log'),
	});
};
