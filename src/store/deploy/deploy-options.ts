import {promotionTo} from '../../domain/environments/promotion.ts';
import {targetIn} from '../../app/target-of.ts';
import {addressOf, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import type {DeployOption} from './wizard.ts';

const refusalOf = (environment: Environment, app: AppName): DeployOption['refusal'] => {
	try {
		targetIn(environment, app);
		return undefined;
	} catch (error) {
		if (error instanceof DeployError) return {why: error.why, next: error.next};
		throw error;
	}
};

/** Every app of every environment, in order of promotion; what can't be deployed to says why. */
export const deployOptions = (environments: readonly Environment[]): readonly DeployOption[] =>
	environments.flatMap(environment =>
		(['backend', 'frontend'] as const)
			.filter(app => environment.apps[app] !== undefined || (app === 'backend' && environment.hosts.length > 0))
			.map((app): DeployOption => {
				const [host] = environment.hosts;
				return {
					id: `${app}@${environment.name}`,
					app,
					environment: environment.name,
					title: environment.title,
					tier: environment.tier,
					promotedFrom: promotionTo(environments, environment)?.from.name,
					address: host && addressOf(host),
					refusal: refusalOf(environment, app),
				};
			}),
	);
