import type {ExportPort} from '../../domain/ports.ts';
import type {ControlOptions, Part} from '../part.ts';
import {writeLogs} from './write-logs.ts';

/** The part of the controller that looks at logs; it changes no host. */
export type LogsController = Pick<Part, 'start' | 'stop'> & {
	/** Goes to the logs; of an environment and a source, where they are named. */
	readonly open: () => void;
	/** Looks at the logs of another environment. */
	readonly show: (environment: string) => void;
	/** Writes what is listed to a file in the current directory. */
	readonly save: () => void;
};

export const createLogsController = (
	options: Omit<ControlOptions, 'checklists'> & {readonly files: ExportPort},
): LogsController => {
	const {store, onFault} = options;
	return {
		start: () => undefined,
		stop: async () => undefined,
		open: () => store.getState().show('logs'),
		show: environment => store.getState().showLogsOf(environment),
		save: () => void writeLogs(options, options.files).catch(onFault),
	};
};
