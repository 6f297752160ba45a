import type {ControlOptions} from './part.ts';
import type {Parts} from './controller.ts';
import {createDeployController} from './deploy/deploy-controller.ts';
import {createEnvironmentsController} from './environments/environments-controller.ts';
import {createRollbackController} from './rollback/rollback-controller.ts';
import {createRunDriver} from './runs/run-driver.ts';
import {createRunsController} from './runs/runs-controller.ts';

/** Deploys, adopts, rolls back and changes values for the screens, one run at a time; it is not ended by anything a screen does. */
export const createRunControllers = (
	options: ControlOptions,
): Pick<Parts, 'deploy' | 'runs' | 'rollback' | 'environments'> => {
	const driver = createRunDriver(options);
	const runs = createRunsController(options, driver);
	return {
		runs,
		deploy: createDeployController(options, driver, runs),
		rollback: createRollbackController(options, driver),
		environments: createEnvironmentsController(options, driver),
	};
};
