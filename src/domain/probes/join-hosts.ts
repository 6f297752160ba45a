import type {ProbeFinding, ProbeRound} from './probe.ts';

const severity = {fail: 2, unclear: 1, pass: 0} as const;

/** What all hosts logged, in the words of the one with most of it: their errors are those of one app. */
const together = (same: readonly [ProbeFinding, ...ProbeFinding[]]): ProbeFinding => {
	const sum = (figure: (one: ProbeFinding) => number | undefined): number =>
		same.reduce((all, one) => all + (figure(one) ?? 0), 0);
	const most =
		same.toSorted(
			(a, b) =>
				severity[b.state] - severity[a.state] ||
				(b.value ?? 0) - (a.value ?? 0) ||
				(b.count ?? 0) - (a.count ?? 0),
		)[0] ?? same[0];
	const text = `${most.host ?? ''}: ${most.text}`;
	if (most.state === 'unclear') return {...most, text};
	const value = sum(one => one.value);
	const state = most.limit !== undefined && value > most.limit ? 'fail' : most.state;
	return {...most, value, count: sum(one => one.count), state, text};
};

/** The worst, by its host's name: an app is as well as its worst host. */
const worstOf = (same: readonly [ProbeFinding, ...ProbeFinding[]]): ProbeFinding => {
	const [first] = same;
	// The scheduler runs on one of them.
	if (first.kind === 'scheduler')
		return same.toSorted((a, b) => (a.value ?? Number.MAX_VALUE) - (b.value ?? Number.MAX_VALUE))[0] ?? first;
	if (first.kind === 'log') return together(same);
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
