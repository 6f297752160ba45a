import type {CountedPolicy, PolicyPort} from '../../src/domain/ports.ts';

/** Commit that the policies of tests come from. */
export const policyCommit = 'b'.repeat(40);

/** What a cockpit was opened with still counts, but for what `changes` says at the time. */
export const policyAsOpened = (changes: () => Partial<CountedPolicy> = () => ({})): PolicyPort => ({
	read: async opened => ({
		...opened,
		allowedSigners: '',
		commit: policyCommit,
		differs: [],
		elsewhere: [],
		...changes(),
	}),
	hasCommit: async commit => commit === policyCommit,
});
