import type {Binding} from '../../keys/binding.ts';

export const overviewKeys: readonly Binding[] = [
	{id: 'overview.refresh', keys: ['r'], scope: 'overview', label: 'refresh', group: 'here', rank: 7, run: ({controller}) => controller.refresh()},
];
