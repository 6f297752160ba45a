import type {Refusal} from '../../domain/runs/pipeline.ts';
import type {FrontendPlan} from './plan.ts';

/** What must hold on this machine: a clean tree that npm can build. */
export const checkSource = ({source, uncommitted, target}: FrontendPlan): Refusal | undefined => {
	if (!source.entries.some(({path}) => path === 'package.json')) {
		return {
			code: 'blocked',
			why: `files missing: package.json not in ${target.source} at ${source.commit.slice(0, 7)}`,
			next: 'Commit it, or set apps.frontend.source in the environment file.',
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
