import {findPm2Logs, parsePm2Logs} from '../../commands/logs/find-pm2-logs.ts';
import {renderCommand} from '../../commands/shell.ts';
import type {Environment, Host} from '../../domain/environments/environment.ts';
import type {LogSource} from '../../domain/logs/log.ts';
import {pm2LogAt} from '../../domain/logs/log-sources.ts';
import type {AppServices} from '../app-services.ts';

/** Logs that PM2 writes where the environment file does not say itself where they are. */
const isPlaced = ({kind, id, host}: LogSource, {logs = []}: Environment): boolean =>
	(kind === 'pm2-out' || kind === 'pm2-error') && !logs.some(stated => id === `${host}/${stated.id}`);

/** The sources with those of PM2 where PM2 says they are: under the name that runs, or in files it was told. */
export const placedBy = (
	sources: readonly LogSource[],
	environment: Environment,
	files: Readonly<Partial<Record<'output' | 'errors', string>>>,
): readonly LogSource[] =>
	sources.map(source => {
		const {frontend} = environment.apps;
		const file = files[source.kind === 'pm2-out' ? 'output' : 'errors'] ?? '';
		if (!frontend || file === '' || !isPlaced(source, environment)) return source;
		const {path, isUsual} = pm2LogAt(frontend, file);
		return {...source, path, ...(isUsual ? {} : {isUnnoted: true as const})};
	});

/** Asks PM2 of a host once where its logs are. One that does not say leaves them where they usually are. Throws as `Session.exec`. */
export const placePm2Logs = async (
	{sessions}: Pick<AppServices, 'sessions'>,
	environment: Environment,
	{
		host,
		sources,
		signal,
	}: {readonly host: Host; readonly sources: readonly LogSource[]; readonly signal?: AbortSignal | undefined},
): Promise<readonly LogSource[]> => {
	const {frontend} = environment.apps;
	if (!frontend || !sources.some(source => isPlaced(source, environment))) return sources;
	const line = renderCommand(findPm2Logs(frontend));
	const {stdout, code} = await sessions.session(host).exec(line, {lane: 'poll', timeoutMs: 30_000, signal});
	return code === 0 ? placedBy(sources, environment, parsePm2Logs(stdout)) : sources;
};
