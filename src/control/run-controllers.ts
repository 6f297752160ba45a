import {noChecklists, type Checklists} from '../domain/checklist/checklist.ts';
import type {Parts} from './controller.ts';
import {createDeployController} from './deploy/deploy-controller.ts';
import {createRollbackController} from './rollback/rollback-controller.ts';
import {createResuming} from './runs/resuming.ts';
import {createRunDriver, type DriverOptions} from './runs/run-driver.ts';
import {createRunsController} from './runs/runs-controller.ts';

/**
 * Deploys, adopts and rolls back for the screens, one run at a time; it is not ended by anything a screen does.
 * `onFault` hears of errors that are nobody's answer.
 */
export const createRunControllers = ({
	checklists = noChecklists,
	onFault = () => undefined,
	...more
}: Omit<DriverOptions, 'checklists' | 'onFault'> & {
	/** Absent: none, so that nothing can be proved. */
	readonly checklists?: Checklists;
	readonly onFault?: (error: unknown) => void;
}): Pick<Parts, 'deploy' | 'runs' | 'rollback'> => {
	const options = {...more, checklists, onFault};
	const driver = createRunDriver(options);
	const resuming = createResuming(options, driver);
	return {
		deploy: createDeployController(options, driver, resuming),
		runs: createRunsController(options, driver, resuming),
		rollback: createRollbackController(options, driver),
	};
};
