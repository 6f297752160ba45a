import type {Refusal} from '../../domain/runs/pipeline.ts';
import type {LaravelPlan} from './plan.ts';

const needed = ['artisan', 'composer.json', 'composer.lock'];

/** What must hold on this machine: a clean tree, and the files that make a Laravel app. */
export const checkSource = ({source, uncommitted, target}: LaravelPlan): Refusal | undefined => {
	const paths = new Set(source.entries.map(({path}) => path));
	const missing = needed.filter(path => !paths.has(path));
	if (missing.length > 0) {
		return {
			code: 'blocked',
			why: `files missing: ${missing.join(', ')} not in ${target.source} at ${source.commit.slice(0, 7)}`,
			next: 'Commit them, or set apps.backend.source in the environment file.',
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
