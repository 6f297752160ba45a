import {bind, type Binding, type KeyScope} from '../../../keys/binding.ts';

/** Opens the guides where they say more about what is on screen; named there, as few would look for it. */
export const guideKey = (scope: KeyScope): Binding =>
	bind(scope, 'guide', ['9'], 'guide', ({controller}) => controller.guides.open(), {rank: 9});
