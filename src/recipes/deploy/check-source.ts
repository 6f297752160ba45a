import type {Refusal} from '../../domain/runs/pipeline.ts';
import {verdict, type CheckVerdict} from './host-checks.ts';
import type {DeployValues} from './plan.ts';

/** What must hold on this machine: a clean tree, and the files that make it an app of its recipe. */
export const checkSource = (
	{source, uncommitted, target, record}: Pick<DeployValues, 'source' | 'uncommitted' | 'target' | 'record'>,
	needed: readonly string[],
): Refusal | undefined => {
	const missing = needed.filter(path => !source.entries.some(entry => entry.path === path));
	if (missing.length > 0) {
		return {
			code: 'blocked',
			why: `files missing: ${missing.join(', ')} not in ${target.source} at ${source.commit.slice(0, 7)}`,
			next: `Commit ${needed.length === 1 ? 'it' : 'them'}, or set apps.${record.app}.source in the environment file.`,
		};
	}
	if (uncommitted.length > 0) {
		return {
			code: 'blocked',
			why: `${uncommitted.length} uncommitted ${uncommitted.length === 1 ? 'change' : 'changes'} below ${target.source}: ${uncommitted.slice(0, 5).join(', ')}`,
			next: 'Commit or stash them: what is deployed is the commit, and only that can be promoted.',
		};
	}
	return undefined;
};

/** The same for people. */
export const sourceVerdict = ({source}: DeployValues, refusal: Refusal | undefined): CheckVerdict =>
	verdict('source', refusal, () => `${source.branch ?? 'no branch'}, clean`);
