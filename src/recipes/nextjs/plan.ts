import type {Environment, NextTarget} from '../../domain/environments/environment.ts';
import {notFromSource} from '../../domain/environments/excludes.ts';
import type {BuildRequest} from '../../domain/ports.ts';
import {planDeployTo, type DeployValues} from '../deploy/plan.ts';

/** Every value a frontend deploy needs, settled before anything is touched. */
export type FrontendPlan = DeployValues<NextTarget> & {readonly build: BuildRequest};

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

const isAddress = (value: string): boolean => /^https?:\/\/./.test(value);

/**
 * Addresses that belong to other environments: their API and what they compile in. What the environment itself uses, or
 * uses a part of, is no sign of a mix-up. Source: design, "Pipelines".
 */
const foreignAddresses = (own: Environment, all: readonly Environment[]): BuildRequest['foreign'] => {
	const valuesOf = ({urls, apps}: Environment): readonly string[] =>
		[urls.api, ...Object.values(apps.frontend?.buildEnvironment ?? {})].filter(isAddress).map(withoutSlash);
	const mine = [...valuesOf(own), withoutSlash(own.urls.site)];
	const isMine = (url: string): boolean => mine.some(value => value === url || value.startsWith(`${url}/`));
	return all
		.filter(({name}) => name !== own.name)
		.flatMap(environment =>
			[...new Set(valuesOf(environment))]
				.filter(url => !isMine(url))
				.map(url => ({environment: environment.name, url})),
		);
};

/** Throws TypeError when the environment has no frontend or no host; the front ends check both first. */
export const planFrontendDeploy = ({
	environments,
	...options
}: Pick<FrontendPlan, 'record' | 'environment' | 'source' | 'uncommitted' | 'expected'> & {
	/** All environments of the set: their addresses must not stand in the build. */
	readonly environments: readonly Environment[];
}): FrontendPlan => {
	const plan = planDeployTo(options.environment.apps.frontend, options);
	const {record, environment, target} = plan;
	return {
		...plan,
		build: {
			app: record.app,
			directory: target.source,
			commit: record.commit,
			digest: record.digest,
			environment: target.buildEnvironment,
			excludes: notFromSource(target),
			foreign: foreignAddresses(environment, environments),
		},
	};
};
