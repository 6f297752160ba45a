import type {EnvChange} from '../../domain/environments/env-edit.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {hasCode, usage} from '../../domain/errors.ts';
import {textIn, type LedgerEntry} from '../../domain/ledger/ledger.ts';
import {appOfRun} from '../../domain/runs/run-names.ts';
import type {AppServices} from '../app-services.ts';
import {dueChange, type EnvRequest} from './set-env.ts';

const runIdForm = /^\d{8}T\d{6}Z-(?:backend|frontend)-[\da-f]{4}$/;

const runOf = ({data}: LedgerEntry): string => textIn(data['run']) ?? '';

/** What puts the file back that a run has changed. */
export type Restoring = Omit<EnvRequest, 'value'> & {
	/** Runs that have changed a value of the app since, newest first. */
	readonly later: readonly string[];
};

/**
 * The change that puts back what a run has found, by the ledger of its environment. Throws DeployError `usage` for a run
 * that has changed no value there, and as reading a ledger does.
 */
export const findRestoring = async (
	{ledgers}: Pick<AppServices, 'ledgers'>,
	{environment, run}: {readonly environment: Environment; readonly run: string},
): Promise<Restoring> => {
	const refused = (why: string, next: string) =>
		usage({what: `Nothing is put back on ${environment.name}`, why, next});
	if (environment.hosts.length === 0)
		throw refused(
			`${environment.title} has no hosts: its values are in the working copy, and no run has set them`,
			'What was there is kept beside the file: .env.kept-*',
		);
	if (!runIdForm.test(run))
		throw refused(
			`${JSON.stringify(run.slice(0, 80))} is no run`,
			`cockpit history --env ${environment.name} names them, as the end of each run does.`,
		);
	const {entries} = await ledgers.read(environment, {lane: 'poll'});
	const changes = entries.filter(({type}) => type === 'env.set' || type === 'set-env.failed');
	const change = changes.findLast(entry => runOf(entry) === run);
	const key = change && textIn(change.data['key']);
	const app = appOfRun(run) as AppName;
	if (!change || key === undefined)
		throw refused(
			`the ledger there knows of no value that run ${run} has changed`,
			`cockpit history --env ${environment.name} shows what was changed when.`,
		);
	const later = changes.filter(entry => entry.seq > change.seq && entry.data['app'] === app).map(runOf);
	return {
		environment,
		app,
		change: {key, verb: 'restore', of: run} satisfies EnvChange,
		later: [...new Set(later)].filter(one => one !== run && runIdForm.test(one)).toReversed(),
	};
};

/** Whether there is anything to put back. Throws as `dueChange`; who has changed it since is named where that is known. */
export const isRestoringDue = async (
	services: Pick<AppServices, 'sessions'>,
	{later, ...request}: Restoring,
): Promise<boolean> => {
	try {
		return (await dueChange(services, {...request, value: undefined})) !== 'nothing';
	} catch (error) {
		const [newest] = later;
		if (newest === undefined || !hasCode(error, 'blocked')) throw error;
		const {name} = request.environment;
		throw error.with({
			next: `${error.next}\nLater runs: ${later.join(', ')}. Where these are why, put back the newest first: cockpit env restore ${newest} --env ${name}`,
		});
	}
};
