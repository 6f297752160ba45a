import {size} from '../../domain/format.ts';
import type {BuildSummary, Results, Step} from '../../domain/runs/pipeline.ts';
import {isProduction} from '../deploy/plan.ts';
import type {FrontendPlan} from './plan.ts';

const summaryOf = (text: string | undefined): BuildSummary | undefined =>
	text === undefined || text === '' ? undefined : (JSON.parse(text) as BuildSummary);

/** What the build action has left; undefined before it is done. */
export const builtIn = (results: Results): BuildSummary | undefined => summaryOf(results['build']);

/**
 * `npm run build` on this machine, in a clean work tree of the commit, with the values of this environment only.
 * Source: workflow, "deploy_frontend_preprod.sh".
 */
export const build = (plan: FrontendPlan): Step => ({
	id: 'build',
	title: isProduction(plan) ? 'Build for production' : 'Build',
	touches: 'nothing',
	after: ['pre-flight-checks'],
	actions: [{kind: 'build', id: 'build', request: plan.build}],
	summary: results => {
		const made = builtIn(results);
		return made && `${made.files} files, ${size(made.sizeBytes)}${made.isReused ? ', built before' : ''}`;
	},
});

/** Reads the finished build back from disk: what is sent must be what was built. */
export const verifyBuildId = (plan: FrontendPlan): Step => ({
	id: 'verify-build-id',
	title: 'Verify BUILD_ID',
	touches: 'nothing',
	after: ['build'],
	actions: [
		{
			kind: 'build',
			id: 'read-build-back',
			request: plan.build,
			check: results => {
				const [made, read] = [builtIn(results), summaryOf(results['read-build-back'])];
				return made?.buildId === read?.buildId && made?.sizeBytes === read?.sizeBytes
					? undefined
					: {
							code: 'blocked',
							why: `built was ${made?.buildId} (${made?.sizeBytes} bytes), on disk is ${read?.buildId} (${read?.sizeBytes} bytes)`,
							next: 'Something else writes into the build. Find it, then start again.',
						};
			},
		},
	],
	summary: results => {
		const made = builtIn(results);
		return made && `${made.buildId}${made.deploymentId === undefined ? '' : `, deployment ${made.deploymentId}`}`;
	},
});

/** Says what will be sent at most, before anything is sent. Source: workflow, "deploy_frontend_prod.sh", step 5. */
export const deploymentPackage: Step = {
	id: 'deployment-package',
	title: 'Deployment package',
	touches: 'nothing',
	after: ['verify-build-id'],
	// Nothing is packed here or there: the stream itself is the package.
	actions: [],
	summary: results => {
		const made = builtIn(results);
		return made && `${made.files} files, ${size(made.sizeBytes)}; what live has already is not sent again`;
	},
};
