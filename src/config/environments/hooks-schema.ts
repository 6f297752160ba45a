import * as z from 'zod';
import type {Hook, HookMoment, HookPolicy, Hooks} from '../../domain/environments/hooks.ts';
import * as fields from '../yaml/fields.ts';
import {addProblem, strictObject, text} from '../yaml/schema-problems.ts';

/** Longer than that no run holds its lock for a program it does not know. */
const longestMs = 2 * 3_600_000;

const hook = (policies: readonly [HookPolicy, ...HookPolicy[]]): z.ZodType<Hook> =>
	strictObject({
		id: text(fields.readId),
		run: z.tuple([text(fields.readHookProgram)], text(fields.readArgument)),
		where: z.enum(['here', 'host']).default('here'),
		timeout: text(fields.readDuration).default(10 * 60_000),
		fails: z.enum(policies).default(policies[0]),
		variables: z.array(text(fields.readVariable)).default([]),
	})
		.superRefine(({where, timeout, variables}, context) => {
			if (timeout < 1000 || timeout > longestMs)
				addProblem(context, ['timeout'], 'is no time a hook may take', 'use 1s to 2h');
			if (where === 'host' && variables.length > 0)
				addProblem(
					context,
					['variables'],
					'names variables of this machine for a hook that runs on the host',
					'remove it, or write where: here',
				);
			for (const [index, name] of variables.entries())
				if (name.startsWith('COCKPIT_'))
					addProblem(context, ['variables', index], `${name} is set for every hook`, 'remove it');
		})
		.transform(({timeout, ...rest}) => ({...rest, timeoutMs: timeout}));

const list = (...policies: readonly [HookPolicy, ...HookPolicy[]]) => z.exactOptional(z.array(hook(policies)).min(1));

const moments = {
	beforeMigrate: list('stop', 'go-on', 'rollback'),
	afterBackup: list('stop', 'go-on', 'rollback'),
	afterDeploy: list('stop', 'go-on', 'rollback'),
	// Nothing is left to stop by then.
	afterRollback: list('go-on'),
	onFailure: list('go-on'),
} satisfies Record<HookMoment, unknown>;

/** Programs of the team's own that the runs of an app execute. */
export const hooksSchema: z.ZodType<Hooks> = strictObject(moments);
