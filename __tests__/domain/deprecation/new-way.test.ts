import {expect, test} from 'vitest';
import {newWay} from '../../../src/domain/deprecation/new-way.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import {environment} from '../../control/fake-services.ts';

const {backend} = environment.apps;
const both = {backend, frontend: backend} as unknown as Environment['apps'];
const local: Environment = {...environment, name: 'local', tier: 'local', hosts: [], apps: both};
const preprod: Environment = {...environment, name: 'preprod', apps: both};
const production: Environment = {
	...environment,
	name: 'production',
	tier: 'production',
	promotedFrom: 'preprod',
	apps: both,
};

const toProduction = (app: string): readonly string[] => [
	'cockpit checklist show',
	`cockpit gate ${app} --env production`,
	`cockpit deploy ${app} --env production`,
];

const releaseToProduction = [
	'cockpit checklist show',
	'cockpit gate backend --env production',
	'cockpit gate frontend --env production',
	'cockpit deploy release --env production',
];

test.each([
	['deploy_backend_preprod.sh', ['cockpit deploy backend --env preprod']],
	['deploy-frontend-pre-prod', ['cockpit deploy frontend --env preprod']],
	['deploy_backend_prod.sh', toProduction('backend')],
	['deploy_critical_fixes_production.sh', releaseToProduction],
	['deploy_frontend_complete.sh', ['cockpit deploy frontend --env preprod', ...toProduction('frontend')]],
	['deploy_role_system.sh', ['cockpit deploy release --env preprod', ...releaseToProduction]],
	['preprod_then_production.sh', ['cockpit deploy release --env preprod', ...releaseToProduction]],
	[
		'rollback_backend_prod.sh',
		['cockpit backups list --env production', 'cockpit rollback backend --env production --to previous'],
	],
	['deliver.sh', ['cockpit deploy release --env preprod', ...releaseToProduction]],
])('new way: %s, with the environments of a team and without', (name, commands) => {
	expect(newWay(name, [local, preprod, production])).toEqual(commands);
	expect(newWay(name, [])).toEqual(commands);
});

test('new way: says the names a team has, and the apps it has', () => {
	const staging: Environment = {...preprod, name: 'staging', apps: environment.apps};
	const india: Environment = {...production, name: 'india', promotedFrom: 'staging', apps: environment.apps};

	expect(newWay('deploy_frontend_preprod.sh', [staging, india])).toEqual(['cockpit deploy backend --env staging']);
	expect(newWay('deploy_india.sh', [staging, india])).toEqual([
		'cockpit checklist show',
		'cockpit gate backend --env india',
		'cockpit deploy backend --env india',
	]);
});
