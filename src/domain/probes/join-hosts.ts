import type {ProbeFinding, ProbeRound} from './probe.ts';

const severity = {fail: 2, unclear: 1, pass: 0} as const;

/** The worst, by its host's name: an app is as well as its worst host. */
const worstOf = (same: readonly [ProbeFinding, ...ProbeFinding[]]): ProbeFinding => {
	const [first] = same;
	// The scheduler runs on one of them.
	if (first.kind === 'scheduler')
		return same.toSorted((a, b) => (a.value ?? Number.MAX_VALUE) - (b.value ?? Number.MAX_VALUE))[0] ?? first;
	const worst = same.toSorted((a, b) => severity[b.state] - severity[a.state])[0] ?? first;
	return worst.state === 'pass' || worst.host === undefined
		? worst
		: {...worst, text: `${worst.host}: ${worst.text}`};
};

/**
 * What several hosts found about one app, as one finding each. A host that is silent may run what the others don't: of
 * such an app nothing passes.
 */
export const joinHosts = (
	findings: readonly ProbeFinding[],
	{hosts, silent}: {readonly hosts: number; readonly silent: ProbeRound['silent']},
): readonly ProbeFinding[] => {
	if (hosts < 2) return findings;
	return [...Map.groupBy(findings, ({probe}) => probe).values()].flatMap(([first, ...others]) => {
		if (!first) return [];
		const isOfHost = first.host === undefined || first.probe.startsWith(`${first.host}.`);
		if (isOfHost) return [first];
		const worst = worstOf([first, ...others]);
		const [one] = silent;
		return one && worst.state === 'pass' && worst.kind !== 'scheduler'
			? [{...worst, state: 'unclear', text: `${one.host} is silent; elsewhere ${worst.text}`}]
			: [worst];
	});
};
