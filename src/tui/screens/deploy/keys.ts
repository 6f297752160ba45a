import type {Binding} from '../../keys/binding.ts';

export const deployKeys: readonly Binding[] = [];
