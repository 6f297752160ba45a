import {expect, test} from 'vitest';
import {deployOptions} from '../../../src/store/deploy/deploy-options.ts';
import {environment} from '../../control/fake-services.ts';

test('deploy options: an environment says from which one it is promoted, as long as that one has hosts', () => {
	const production = {...environment, name: 'production', title: 'Production', promotedFrom: 'preprod'};
	const of = (...environments: readonly (typeof production | typeof environment)[]) =>
		deployOptions(environments).map(({id, promotedFrom}) => [id, promotedFrom]);

	expect(of(environment, production)).toEqual([
		['backend@preprod', undefined],
		['backend@production', 'preprod'],
	]);
	expect(of({...environment, hosts: []}, production)).toContainEqual(['backend@production', undefined]);
});
