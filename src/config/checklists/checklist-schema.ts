import * as z from 'zod';
import {
	checklistPhases,
	type Answer,
	type ChecklistFile,
	type ChecklistItem,
	type HttpProbe,
	type Verification,
} from '../../domain/checklist/checklist.ts';
import {verifications} from '../../domain/runs/confirm.ts';
import {repeats} from '../yaml/data.ts';
import {digestOfData} from '../yaml/digest.ts';
import {readId, readParagraph, readProbePath, readTitle} from '../yaml/fields.ts';
import {addProblem, strictObject, text} from '../yaml/schema-problems.ts';

const optional = z.exactOptional;
const wholeNumber = z.number().int();
/** One screen at 80x24; longer lists are ticked without being read. */
const mostItems = 9;

const tick = strictObject({kind: z.literal('tick')});

const value = strictObject({
	kind: z.literal('value'),
	ask: text(readTitle),
	unit: optional(text(readTitle)),
	atMost: optional(z.number()),
	atLeast: optional(z.number()),
}).superRefine(({atMost, atLeast}, context) => {
	if (atMost === undefined || atLeast === undefined || atLeast <= atMost) return;
	const message = `${atLeast} is above atMost, ${atMost}: nothing could pass`;
	addProblem(context, ['atLeast'], message, 'let atLeast be the smaller one');
});

const choice = strictObject({
	kind: z.literal('choice'),
	options: z.array(text(readTitle)).min(2),
	passing: z.array(text(readTitle)).min(1),
}).superRefine(({options, passing}, context) => {
	for (const [key, list] of Object.entries({options, passing}))
		for (const {item, index} of repeats(list, option => option))
			addProblem(context, [key, index], `${item} is given twice`, 'keep one');
	for (const [index, option] of passing.entries())
		if (!options.includes(option))
			addProblem(
				context,
				['passing', index],
				`${option} is not among the options`,
				`use one of ${options.join(', ')}`,
			);
});

const answer: z.ZodType<Answer> = z.discriminatedUnion('kind', [tick, value, choice]);

const probe: z.ZodType<HttpProbe> = strictObject({
	on: z.enum(['site', 'api']),
	path: text(readProbePath),
	status: wholeNumber.min(100).max(599),
	withinMs: optional(wholeNumber.min(1)),
	contains: optional(text(readTitle)),
});

/**
 * An item with its digest, which leaves out what may change without anybody having to look again: the reason for it, its
 * name and its place.
 */
const item: z.ZodType<ChecklistItem> = strictObject({
	id: text(readId),
	title: text(readTitle),
	scope: z.enum(['backend', 'frontend', 'both']),
	how: text(readParagraph),
	why: text(readParagraph),
	answer: answer.default({kind: 'tick'}),
	mayNotApply: z.boolean().default(false),
	probe: optional(probe),
}).transform(({id, why, ...asked}) => ({id, why, ...asked, digest: digestOfData(asked)}));

const section = strictObject({
	id: text(readId),
	title: text(readTitle),
	mode: z.enum(['do-confirm', 'read-do']).default('do-confirm'),
	items: z.array(item).min(1).max(mostItems),
});

/** What one list of `checklists/` holds. */
export const checklistSchema: z.ZodType<Omit<ChecklistFile, 'file'>> = strictObject({
	title: text(readTitle),
	phase: z.enum(checklistPhases),
	sections: z.array(section).min(1),
});

const proofs = (titles: readonly string[]): z.ZodType<readonly Verification[]> =>
	z.array(strictObject({title: z.enum(titles), items: z.array(text(readId)).min(1)})).default([]);

/** What `checklists/verifications.yaml` holds. Its titles are those a person vouches for by typing VERIFIED. */
export const verificationsSchema = strictObject({
	backend: proofs(verifications.backend),
	frontend: proofs(verifications.frontend),
});
