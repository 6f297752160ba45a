import type {Binding} from '../../../keys/binding.ts';
import {blockedKeys, reasonKeys} from './blocked-keys.ts';
import {chooseKeys} from './choose-keys.ts';
import {confirmKeys} from './confirm-keys.ts';
import {endedKeys} from './ended-keys.ts';
import {searchKeys} from './output-keys.ts';
import {promptKeys} from './prompt-keys.ts';
import {reviewKeys} from './review-keys.ts';
import {runKeys} from './run-keys.ts';

/** The keys of every stage of a deploy. */
export const deployKeys: readonly Binding[] = [
	...chooseKeys,
	...reviewKeys,
	...blockedKeys,
	...reasonKeys,
	...confirmKeys,
	...runKeys,
	...promptKeys,
	...searchKeys,
	...endedKeys,
];
