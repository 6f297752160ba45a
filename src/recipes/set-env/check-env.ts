import type {EnvFound} from '../../commands/env/change-env.ts';
import {editEnv, type EnvChange, type EnvEdit} from '../../domain/environments/env-edit.ts';
import type {Refusal} from '../../domain/runs/pipeline.ts';
import type {EnvPlan} from './plan.ts';

type Place = Pick<EnvPlan, 'record' | 'environment' | 'host' | 'layout' | 'target' | 'file' | 'change' | 'of'>;

/** What a change makes of a file; `gone`: there was none, and will be none again. */
type FileEdit = EnvEdit | {readonly kind: 'gone'};

/** What the change makes of the file that was found. */
export const editOf = (found: EnvFound, {key, verb}: EnvChange, value: string | undefined): FileEdit => {
	const {text = '', before, sha256} = found;
	if (verb !== 'restore') return editEnv(text, key, verb === 'remove' ? undefined : value);
	if (before === undefined || before.was === sha256) return {kind: 'same', line: undefined};
	if (before.was === 'none') return {kind: 'gone'};
	return {kind: 'edited', text: before.text ?? '', line: undefined};
};

const beforeFile = (
	{isAdopted, isPlaceWritable}: EnvFound,
	{target, layout, environment, file}: Place,
): Refusal | undefined => {
	if (!isAdopted)
		return {
			code: 'answer-needed',
			why: `${layout.live} is not a release: the host was not taken over yet`,
			next: `Take it over once, reversibly: cockpit adopt --env ${environment.name}`,
		};
	return isPlaceWritable
		? undefined
		: {
				code: 'blocked',
				why: `${target.owner} can't write to the directory of ${file}`,
				next: `Look at the owner and mode of ${layout.shared}.`,
			};
};

const missing = ({host}: Place, file: string, verb: EnvChange['verb']): Refusal => ({
	code: 'answer-needed',
	why: `there is no ${file} on ${host.name}`,
	next: verb === 'remove' ? 'There is nothing to remove.' : 'If the app has none yet, make it: --create',
});

const unfit = (
	{foreignOwner, isReadable, isTooLarge, names, text}: EnvFound,
	{file, target}: Place,
): Pick<Refusal, 'why' | 'next'> | undefined => {
	if (foreignOwner !== undefined)
		return {
			why: `${file} belongs to ${foreignOwner}, not to ${target.owner}: a new one could not be given to it`,
			next: `Give it to the user of the app: sudo chown ${target.owner} ${file}`,
		};
	if (names > 1)
		return {
			why: `${file} has ${names} names (hard links): a new one would take the place of this name alone`,
			next: `See where else it is: sudo find / -xdev -samefile ${file}\nMake it a file of its own: sudo cp -p ${file} ${file}.own && sudo mv ${file}.own ${file}`,
		};
	if (!isReadable) return {why: `${target.owner} can't read ${file}`, next: 'Look at its mode.'};
	if (isTooLarge) return {why: `${file} is larger than 1 MiB`, next: 'Look what is in it.'};
	return text === undefined ? {why: `${file} is not UTF-8`, next: 'Save it as UTF-8 first.'} : undefined;
};

const kinds = {
	link: {why: 'is a symlink: a new file would take the place of the link', next: 'Put the file itself there.'},
	other: {why: 'is no plain file', next: 'Look what stands there.'},
} as const;

/** Why the file can't be changed as it is; undefined where it can. Nothing of it is quoted. */
export const fileRefusal = (found: EnvFound, place: Place): Refusal | undefined => {
	const {file, change} = place;
	const early = beforeFile(found, place);
	if (early) return early;
	const {kind} = found;
	if (kind === 'missing')
		return change.create || change.verb === 'restore' ? undefined : missing(place, file, change.verb);
	if (change.create && !found.isWritten)
		return {code: 'blocked', why: `there is a ${file} by now`, next: 'Set it again, without --create.'};
	if (kind !== 'file') return {code: 'blocked', why: `${file} ${kinds[kind].why}`, next: kinds[kind].next};
	const problem = unfit(found, place);
	return problem && {code: 'blocked', ...problem};
};

/** Why the file can't be put back as a run has found it. What nobody knows any more is never overwritten. */
const restoreRefusal = (
	{before, sha256, isWritten}: EnvFound,
	{file, host, environment}: Place,
	{run, kept}: NonNullable<Place['of']>,
): Refusal | undefined => {
	if (before === undefined)
		return {
			code: 'blocked',
			why: `${host.name} knows of no file that run ${run} has put in the place of ${file}`,
			next: `See what was changed when: cockpit history --env ${environment.name}`,
		};
	if (isWritten || before.was === sha256) return undefined;
	if (before.left !== sha256)
		return {
			code: 'blocked',
			why: `${file} is not as run ${run} has left it: it was changed since`,
			next:
				before.was === 'none'
					? `See who did: cockpit history --env ${environment.name}`
					: `See who did: cockpit history --env ${environment.name}. What that run has found is kept: ${kept}`,
		};
	if (before.was === 'none' || before.text !== undefined) return undefined;
	return {
		code: 'blocked',
		why: `${kept} is not what run ${run} has found, or is gone: the newest ten are kept`,
		next: 'Set the values anew, one by one: cockpit env set',
	};
};

/** The same, and why this key can't be set in it. */
export const changeRefusal = (found: EnvFound, place: Place, value: string | undefined): Refusal | undefined => {
	const refusal = fileRefusal(found, place);
	if (refusal) return refusal;
	if (place.of) return restoreRefusal(found, place, place.of);
	const edit = editOf(found, place.change, value);
	return edit.kind === 'refused'
		? {code: 'blocked', why: `${place.file}: ${edit.why}`, next: `${edit.fix}, then set it again`}
		: undefined;
};
