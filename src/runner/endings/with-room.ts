import {askRoom, parseRoom, type Room} from '../../commands/host/room.ts';
import {renderCommand} from '../../commands/shell.ts';
import {DeployError} from '../../domain/errors.ts';
import {size} from '../../domain/format.ts';
import {sanitise} from '../../domain/sanitise.ts';
import type {RunContext} from '../run-context.ts';

const isFull = /No space left on device|Disk quota exceeded/i;

/** Absolute paths in what a tool said, without the mark behind them. */
const pathsIn = (text: string): readonly string[] =>
	[...text.matchAll(/(?<![\w./-])\/[\w.@+/-]*[\w@+-]/g)].map(([path]) => path);

const mostPaths = 12;
/** Less than this is as good as nothing: the tool that failed has removed what it had written. */
const littleKib = 16 * 1024;
const fewInodes = 1000;

const isTight = ({freeKib, freeInodes}: Room): boolean => freeKib < littleKib || freeInodes < fewInodes;

const inWords = ({path, freeKib, freeInodes, mount}: Room): string =>
	[
		`${path} has ${Number.isNaN(freeKib) ? 'room nobody can tell' : `${size(freeKib * 1024)} free`}`,
		...(Number.isNaN(freeInodes) ? [] : [`${freeInodes} inodes`]),
		...(mount === '' ? [] : [`on ${mount}`]),
	]
		.map(sanitise)
		.join(', ');

/**
 * Puts the path that is full, and what is free there, behind an error that only says that a disk is: those the tool named,
 * and those every run writes to. Asked once; a host that does not answer leaves the error as it is.
 */
export const withRoom = async (context: RunContext, error: unknown): Promise<unknown> => {
	if (!(error instanceof DeployError) || !isFull.test(error.why)) return error;
	const {pipeline, session, signal} = context;
	const {environment, app} = pipeline;
	const live = environment.apps[app]?.path;
	const known = [
		...(live === undefined ? [] : [live]),
		environment.backups.directory,
		environment.stateDirectory,
		'/tmp',
	];
	const paths = [...new Set([...pathsIn(error.why), ...known])];
	let rooms: readonly Room[];
	try {
		const command = askRoom(paths.slice(0, mostPaths));
		const {stdout} = await session.exec(renderCommand(command), {lane: 'run', timeoutMs: 15_000, signal});
		rooms = parseRoom(stdout);
	} catch {
		return error;
	}
	const tight = rooms.filter(isTight);
	// A quota is not told by the file system: then the paths say what they have.
	const told = [...Map.groupBy(tight.length > 0 ? tight : rooms, ({mount}) => mount).values()].flatMap(([one]) =>
		one ? [one] : [],
	);
	if (told.length === 0) return error;
	return error.with({
		why: [error.why, ...told.map(inWords)].join('\n'),
		next: `Free space on ${pipeline.host.name} at ${told.map(({path}) => path).join(', ')}, then start again.`,
	});
};
