import {expect, test} from 'vitest';
import type {Command} from '../../src/domain/command.ts';
import type {Pipeline} from '../../src/domain/runs/pipeline.ts';
import {deployFrontend} from '../../src/recipes/nextjs/deploy-frontend.ts';
import {checkFrontendSource} from '../../src/recipes/nextjs/pre-flight-checks.ts';
import {switchedTo} from '../../src/recipes/nextjs/switch-release.ts';
import {frontendEnvironment, frontendPlan} from './frontend-plan.ts';

const preprod = deployFrontend(frontendPlan());
const production = deployFrontend(
	frontendPlan({environment: frontendEnvironment({name: 'production', tier: 'production', title: 'Production'})}),
);
const both = [
	{tier: 'preprod', pipeline: preprod},
	{tier: 'production', pipeline: production},
];

/** Steps that are surely done when a step starts. */
const doneBefore = ({steps}: Pipeline, id: string): Set<string> => {
	const after = steps.find(step => step.id === id)?.after ?? [];
	return new Set(after.flatMap(before => [before, ...doneBefore({steps} as Pipeline, before)]));
};
const labelsOf = (commands: readonly Command[]): readonly string[] =>
	commands.map(({label, argv}) => label ?? argv.join(' '));

test('frontend deploy: nine steps to pre-prod, ten to production, as the workflow names them', () => {
	expect(preprod.steps.map(({title}) => title)).toEqual([
		'Pre-flight checks',
		'Build',
		'Verify BUILD_ID',
		'Back up',
		'Upload',
		'Stop PM2',
		'Extract',
		'Start PM2',
		'Verify',
	]);
	expect(production.steps.map(({title}) => title)).toEqual([
		'Pre-flight checks',
		'Build for production',
		'Verify BUILD_ID',
		'Create production backup',
		'Deployment package',
		'Upload to server',
		'Stop PM2',
		'Extract and verify BUILD_ID',
		'Start PM2',
		'Health checks',
	]);
});

test.each(both)(
	'frontend deploy to $tier: each step comes after steps above it; no two actions share a name',
	({pipeline}) => {
		const order = pipeline.steps.map(({id}) => id);
		for (const {id, after} of pipeline.steps)
			for (const before of after) expect(order.indexOf(before)).toBeLessThan(order.indexOf(id));
		const {abandon, closeAsFailed, goBack} = pipeline;
		const ids = [
			...pipeline.steps.flatMap(({actions}) => actions.map(({id}) => id)),
			...[abandon, closeAsFailed, goBack?.job, goBack?.close].map(job => job?.id),
		];
		expect(new Set(ids).size).toBe(ids.length);
	},
);

test.each(both)(
	'frontend deploy to $tier: everything that prepares is done before PM2 stops; the build overlaps the backup',
	({pipeline}) => {
		const preparing = pipeline.steps.filter(({touches}) => touches !== 'live').map(({id}) => id);

		expect(doneBefore(pipeline, 'stop-pm2')).toEqual(new Set(preparing));
		expect(doneBefore(pipeline, 'build')).not.toContain('back-up');
		expect(doneBefore(pipeline, 'back-up')).not.toContain('build');
	},
);

test.each(both)('frontend deploy to $tier: stop, swap and start are one job, told as three steps', ({pipeline}) => {
	const job = pipeline.steps.find(({id}) => id === 'stop-pm2')?.actions[0];
	if (job?.kind !== 'job') throw new TypeError('no job');

	const labels = labelsOf(job.commands);
	const [extract, start] = job.spans ?? [];
	expect(job.swap).toBe(labels.indexOf('swap'));
	expect(labels.slice(0, extract?.from)).toEqual([
		'remember the release to go back to',
		'keep the way back',
		'compare with what was sent and made',
		'make the new link',
		'note where the logs end',
		'stop PM2',
	]);
	expect(labels.slice(extract?.from, start?.from)).toEqual(['swap', 'verify BUILD_ID']);
	expect(labels.slice(start?.from)).toEqual(['start PM2']);
	expect([extract?.step, start?.step]).toEqual(['extract', 'start-pm2']);
	expect(pipeline.swapStep).toBe('extract');
	for (const id of ['extract', 'start-pm2'])
		expect(pipeline.steps.find(step => step.id === id)?.actions).toMatchObject([{kind: 'follow', job: 'swap'}]);
});

test('frontend deploy: what is proven comes before chunks of earlier builds, which the proof would remove', () => {
	const actions = preprod.steps.find(({id}) => id === 'upload')?.actions ?? [];

	expect(actions.map(({id}) => id)).toEqual(['copy-live', 'upload', 'prove', 'prepare']);
	const prepare = actions.at(-1);
	expect(prepare?.kind === 'job' ? labelsOf(prepare.commands) : []).toEqual([
		'link what belongs to the environment',
		'install packages',
		'verify BUILD_ID',
		'keep chunks of earlier builds',
		'list what was made',
	]);
});

test('frontend deploy: PM2 saves its list only once the build is served and healthy, before the lock is given back', () => {
	const actions = preprod.steps.at(-1)?.actions ?? [];

	expect(actions.map(({id}) => id)).toEqual(['served', 'health', 'prove-pm2', 'close']);
	expect(actions[0]).toMatchObject({site: 'http://127.0.0.1'});
});

test.each([
	{job: preprod.abandon, outcome: 'abandoned'},
	{job: preprod.closeAsFailed, outcome: 'failed'},
])(
	'frontend deploy, $outcome: PM2 runs again first; when it does not, the lock is given back all the same',
	({job}) => {
		const labels = labelsOf(job.commands);

		expect(labels.at(0)).toBe('let PM2 run');
		expect(labels.slice(-2)).toEqual(['close the run', 'let PM2 run']);
		expect(job.commands.at(0)?.argv.at(-1)).toContain('"isStrict":false');
		expect(job.commands.at(-1)?.argv.at(-1)).toContain('"isStrict":true');
	},
);

test('frontend deploy: the build that must be served is the one the host says is live', () => {
	const built = JSON.stringify({buildId: 'here', files: 1, sizeBytes: 1, isReused: false});

	expect(switchedTo({build: built})).toMatchObject({buildId: 'here'});
	expect(switchedTo({build: built, 'follow-start': 'x\nBUILD_ID there\ndeployment d\ny'})).toEqual({
		buildId: 'there',
		deploymentId: 'd',
	});
});

test('frontend plan: addresses of other environments are foreign, what this one uses itself is not', () => {
	const other = (name: string, api: string, more: Record<string, string> = {}) => {
		const environment = frontendEnvironment({name, urls: {site: `https://${name}.test`, api}});
		const {frontend} = environment.apps;
		return {
			...environment,
			apps: frontend
				? {
						frontend: {
							...frontend,
							buildEnvironment: {NODE_ENV: 'production', NEXT_PUBLIC_API_URL: api, ...more},
						},
					}
				: {},
		};
	};

	const {build} = frontendPlan({
		environments: [
			frontendEnvironment(),
			other('production', 'https://prod.test/api/', {
				NEXT_PUBLIC_CDN: 'https://cdn.test',
				NEXT_PUBLIC_NAME: 'QSights',
			}),
			other('local', 'http://127.0.0.1/api'),
			other('other', 'http://127.0.0.1'),
		],
	});

	expect(build.foreign).toEqual([
		{environment: 'production', url: 'https://prod.test/api'},
		{environment: 'production', url: 'https://cdn.test'},
	]);
	expect(build).toMatchObject({app: 'frontend', directory: '/src/frontend', excludes: ['docs']});
});

test.each([
	{case: 'clean and whole', changes: {}, why: undefined},
	{case: 'one file changed', changes: {uncommitted: ['a']}, why: /^1 uncommitted change .*: a$/},
	{case: 'package.json missing', changes: {source: {...frontendPlan().source, entries: []}}, why: /package\.json/},
])('frontend source check: $case', ({changes, why}) => {
	const found = checkFrontendSource(frontendPlan(changes));

	if (why === undefined) expect(found).toBeUndefined();
	else expect(found).toMatchObject({code: 'blocked', why: expect.stringMatching(why) as string});
});
