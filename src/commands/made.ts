import type {Command} from '../domain/command.ts';
import {contentsProgram, type ContentsOf} from './contents.ts';
import type {HostState} from './host-state.ts';

const keep = `
set -eu
umask 077
directory=$1 manifest=$2 kept=$3
shift 3
records_of "$directory" "$@" >"$scratch/found"
[ ! -e "$manifest" ] || sort -z -- "$manifest" >"$scratch/brought"
[ -e "$scratch/brought" ] || : >"$scratch/brought"
comm -z -13 -- "$scratch/brought" "$scratch/found" | sed -z '/^000000 /d' | compared >"$kept.part"
mv -- "$kept.part" "$kept"
echo "$(count <"$kept") files made here, by installers and for this host"
`;

/** Where this run keeps the list of what was made in its candidate. */
export const keptByRun = ({directory, run}: HostState): string => `${directory}/jobs/${run}/made`;

/**
 * Lists, with digests and in the form of a manifest, what stands in a directory and in no manifest: what composer, npm,
 * artisan and this product made in it. Comes last before a release is made live: what is there later, and in neither list,
 * nobody deployed. `manifest`, `kept`: paths on the host.
 */
export const keepMade = (
	of: ContentsOf,
	options: {readonly directory: string; readonly manifest: string; readonly kept: string},
): Command => contentsProgram('list what was made', keep, of, [options.directory, options.manifest, options.kept]);
