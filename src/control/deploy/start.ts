import {prepareAdoption} from '../../app/deploy/adopt.ts';
import {prepareDeploy} from '../../app/deploy/deploy.ts';
import type {DeployReview} from '../../app/deploy/review-deploy.ts';
import {acceptedPolicy} from '../../app/gates/gate.ts';
import {primaryHost} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import {isOpen} from '../../domain/gates/gates.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import type {DeployChoice} from '../../store/deploy/wizard.ts';
import {environmentCalled, type ControlOptions} from '../part.ts';
import type {RunDriver} from '../runs/run-driver.ts';

/** Deploys what was reviewed, and nothing else. */
export const startDeploy = (
	{services, environments}: ControlOptions,
	driver: RunDriver,
	{choice: {app, environment: name}, reviewed}: {readonly choice: DeployChoice; readonly reviewed: DeployReview},
): Promise<void> =>
	driver.prepare(
		async () => {
			const environment = environmentCalled(environments, name);
			const {decision} = reviewed;
			const {promotion} = decision;
			// With the words, its digest has been typed.
			const policy = isOpen(decision.report) ? decision.policy : acceptedPolicy(decision);
			const pipeline = await prepareDeploy(services, {
				environment,
				app,
				environments,
				canAsk: true,
				...(policy ? {policy} : {}),
				...(promotion ? {promotion} : {}),
			});
			const {digest, commit} = pipeline.record;
			if (digest !== reviewed.build.digest || commit !== reviewed.build.commit) throw movedOn(reviewed, pipeline);
			return pipeline;
		},
		{attempt: 1, replaces: reviewed.live.release},
	);

/** Takes a host over from the old scripts. */
export const startAdoption = (
	{services, environments}: ControlOptions,
	driver: RunDriver,
	{app, environment: name}: DeployChoice,
): Promise<void> =>
	driver.prepare(
		async () => {
			const environment = environmentCalled(environments, name);
			// The key of the connection names the actor in the record.
			await services.sessions.session(primaryHost(environment)).connect();
			return prepareAdoption(services, {environment, app, undo: false});
		},
		{attempt: 1, replaces: undefined},
	);

const movedOn = ({build}: DeployReview, {record}: Pipeline): DeployError =>
	new DeployError({
		code: 'blocked',
		what: 'DEPLOYMENT BLOCKED: this is not what was reviewed',
		why:
			record.commit === build.commit
				? 'the excludes or shared paths of the environment have changed since the review'
				: `the sources are at ${record.commit.slice(0, 7)} by now, the review was of ${build.commit.slice(0, 7)}`,
		now: 'Nothing was changed.',
		next: 'Review it again.',
	});
