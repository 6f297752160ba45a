import type {AppName} from '../../domain/environments/environment.ts';
import {unitWords} from '../../domain/logs/words.ts';
import type {ProbeFinding} from '../../domain/probes/probe.ts';
import type {ProbedHost} from '../../domain/probes/probed-host.ts';
import type {LogErrors} from './log-errors.ts';

/** Lines that stand beside a probe that fails. */
const mostLines = 4;

type Heard = {readonly hosts: readonly ProbedHost[]; readonly logs: ReadonlyMap<string, LogErrors>};

/** What the log of an app says, of its host or of the first that says something. */
const ofLog = (
	{logs}: Heard,
	app: AppName,
	{host, isAnyAge}: {readonly host: string | undefined; readonly isAnyAge: boolean},
) =>
	[...logs]
		.filter(([name]) => host === undefined || name === host)
		.map(([, log]) => log.wordsOf(app, isAnyAge))
		.find(words => words.length > 0) ?? [];

const wordsOf = (finding: ProbeFinding, heard: Heard): readonly string[] => {
	const {kind, app, host, text, probe} = finding;
	// Where a process is down its last words are worth reading, however old they are.
	if (kind === 'process') return ofLog(heard, 'frontend', {host, isAnyAge: true});
	if (kind === 'log' && app) return ofLog(heard, app, {host, isAnyAge: false});
	if (kind === 'http' && /^5\d\d\b/.test(text))
		return ofLog(heard, app ?? 'backend', {host: undefined, isAnyAge: app === 'frontend'});
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
