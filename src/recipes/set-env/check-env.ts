import type {EnvFound} from '../../commands/env/change-env.ts';
import {editEnv, type EnvChange, type EnvEdit} from '../../domain/environments/env-edit.ts';
import type {Refusal} from '../../domain/runs/pipeline.ts';
import type {EnvPlan} from './plan.ts';

type Place = Pick<EnvPlan, 'record' | 'environment' | 'host' | 'layout' | 'target' | 'file' | 'change'>;

/** What the change makes of the file that was found. */
export const editOf = ({text = ''}: EnvFound, {key, verb}: EnvChange, value: string | undefined): EnvEdit =>
	editEnv(text, key, verb === 'remove' ? undefined : value);

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
	{foreignOwner, isReadable, isTooLarge, text}: EnvFound,
	{file, target}: Place,
): Pick<Refusal, 'why' | 'next'> | undefined => {
	if (foreignOwner !== undefined)
		return {
			why: `${file} belongs to ${foreignOwner}, not to ${target.owner}: a new one could not be given to it`,
			next: `Give it to the user of the app: sudo chown ${target.owner} ${file}`,
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
	if (kind === 'missing') return change.create ? undefined : missing(place, file, change.verb);
	if (kind !== 'file') return {code: 'blocked', why: `${file} ${kinds[kind].why}`, next: kinds[kind].next};
	const problem = unfit(found, place);
	return problem && {code: 'blocked', ...problem};
};

/** The same, and why this key can't be set in it. */
export const changeRefusal = (found: EnvFound, place: Place, value: string | undefined): Refusal | undefined => {
	const refusal = fileRefusal(found, place);
	if (refusal) return refusal;
	const edit = editOf(found, place.change, value);
	return edit.kind === 'refused'
		? {code: 'blocked', why: `${place.file}: ${edit.why}`, next: `${edit.fix}, then set it again`}
		: undefined;
};
