import {expect, test} from 'vitest';
import {promotionTo} from '../../../src/domain/environments/promotion.ts';
import {fakeHosts} from '../../app/fake-hosts.ts';

test('promotion: from the environment that is named, where both have hosts', () => {
	const {environments, from, to} = fakeHosts();

	expect(promotionTo(environments, to)).toEqual({from, to});
	expect(promotionTo(environments, from)).toBeUndefined();
	expect(promotionTo([{...from, hosts: []}, to], to)).toBeUndefined();
	expect(promotionTo(environments, {...to, hosts: []})).toBeUndefined();
	expect(promotionTo([to], to)).toBeUndefined();
});
