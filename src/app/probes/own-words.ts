import type {AppName} from '../../domain/environments/environment.ts';
import {unitWords} from '../../domain/logs/words.ts';
import type {ProbeFinding} from '../../domain/probes/probe.ts';
import type {ProbedHost} from '../../domain/probes/probed-host.ts';
import type {LogErrors} from './log-errors.ts';

/** Lines that stand beside a probe that fails. */
const mostLines = 4;

type Heard = {
	readonly hosts: readonly ProbedHost[];
	readonly logs: ReadonlyMap<string, Pick<LogErrors, 'wordsOf'>>;
	/** When what a probe says may have begun, by the primary's clock; undefined: it was so from the first look on. */
	readonly begunAt: (probe: string) => number | undefined;
};

/** What goes wrong is often logged a little before anybody sees it. */
const leadMs = 60_000;

/** Remembers of each probe when what it says may have begun: when it was last well, or a minute before it was not. */
export const createBeginnings = () => {
	const wellAt = new Map<string, number>();
	const begun = new Map<string, number>();
	return {
		/** Of one round; epoch milliseconds by the primary's clock. */
		note: (findings: readonly ProbeFinding[], at: number): void => {
			for (const {probe, state} of findings) {
				const last = wellAt.get(probe);
				if (state === 'pass') {
					wellAt.set(probe, at);
					begun.delete(probe);
				} else if (state === 'fail' && last !== undefined && !begun.has(probe))
					begun.set(probe, Math.min(last, at - leadMs));
			}
		},
		begunAt: (probe: string): number | undefined => begun.get(probe),
	};
};

/** What the log of an app says, of its host or of the first that says something. */
const ofLog = (
	{logs}: Heard,
	app: AppName,
	{host, ...age}: {readonly host: string | undefined; readonly isAnyAge: boolean; readonly from?: number | undefined},
) =>
	[...logs]
		.filter(([name]) => host === undefined || name === host)
		.map(([, log]) => log.wordsOf(app, age))
		.find(words => words.length > 0) ?? [];

const wordsOf = (finding: ProbeFinding, heard: Heard): readonly string[] => {
	const {kind, app, host, text, probe} = finding;
	const from = heard.begunAt(probe);
	// Where a process is down its last words are worth reading, however old they are.
	if (kind === 'process') return ofLog(heard, 'frontend', {host, isAnyAge: true, from});
	if (kind === 'log' && app) return ofLog(heard, app, {host, isAnyAge: false});
	if (kind === 'http' && /^5\d\d\b/.test(text))
		return ofLog(heard, app ?? 'backend', {host: undefined, isAnyAge: app === 'frontend', from});
	if (kind !== 'service') return [];
	const said = heard.hosts.find(one => one.host === host);
	const lines = (said?.unitWords ?? []).filter(({unit}) => probe.endsWith(`.service.${unit}`)).map(({line}) => line);
	// Its name stands in the line above.
	return unitWords(lines, mostLines + 1).slice(1);
};

/** Puts beside each probe that fails what the thing itself says, unasked. */
export const besideOwnWords = (findings: readonly ProbeFinding[], heard: Heard): readonly ProbeFinding[] =>
	findings.map(finding => {
		const words = finding.state === 'fail' ? wordsOf(finding, heard).slice(0, mostLines) : [];
		return words.length === 0 ? finding : {...finding, ownWords: words};
	});
