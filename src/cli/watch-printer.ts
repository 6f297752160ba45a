import type {WatchUpdate} from '../app/watch/keep-watch.ts';
import type {Environment} from '../domain/environments/environment.ts';
import {clockTime, duration} from '../domain/format.ts';
import type {ProbeRound} from '../domain/probes/probe.ts';
import type {Trigger, Watch} from '../domain/watch/watch.ts';
import type {WatchReport} from '../domain/watch/watch-report.ts';
import {comparisonText} from '../domain/watch/report.ts';
import {printJson} from './print-json.ts';
import {paint, type Meaning, type Terminal} from './terminal.ts';

/** What is told of one watch, and how it looks. */
type Told = {readonly object: Readonly<Record<string, unknown>>; readonly text: string; readonly meaning?: Meaning};

const iso = (at: number): string => new Date(at).toISOString();

const buildOf = ({app, commit, release}: Watch): string => `${app} ${commit?.slice(0, 7) ?? release ?? ''}`.trim();

const triggerMarks: Readonly<Record<Trigger['state'], readonly [string, Meaning]>> = {
	quiet: ['✓', 'success'],
	fired: ['✗', 'danger'],
	unclear: ['?', 'attention'],
};

const triggerTold = ({id, title, state, text, since}: Trigger, {timeZone}: Environment): Told => {
	const [mark, meaning] = triggerMarks[state];
	const when = since === undefined ? '' : `, since ${clockTime(since, timeZone)}`;
	return {
		object: {
			type: 'watch.trigger',
			trigger: id,
			title,
			state,
			text,
			...(since === undefined ? {} : {since: iso(since)}),
		},
		text: `${mark} ${title}: ${state === 'quiet' ? '' : `${state}, `}${text}${when}`,
		meaning,
	};
};

const verdictTold = ({verdict, comparisons}: WatchReport): Told => {
	const worst = comparisons.find(one => one.verdict === verdict);
	const word = verdict === 'worse' ? 'WORSE' : verdict === 'unclear' ? 'UNCLEAR' : 'same';
	const about =
		verdict === 'same' || !worst
			? ''
			: `: ${[worst.title, worst.measure].filter(Boolean).join(', ')}, ${comparisonText(worst)}`;
	return {
		object: {type: 'watch.verdict', verdict, comparisons},
		text: `${verdict === 'worse' ? '✗' : verdict === 'unclear' ? '?' : '✓'} before and after: ${word}${about}`,
		meaning: verdict === 'worse' ? 'danger' : verdict === 'unclear' ? 'attention' : 'success',
	};
};

const phaseTold = (report: WatchReport): readonly Told[] =>
	report.phases.flatMap(({title, state, until, items}) => {
		if (state !== 'now') return [];
		const open = items.filter(item => item.state === 'open').length;
		return [
			{
				object: {type: 'watch.phase', phase: title, until: iso(until), toSign: open},
				text: `◐ ${title}${open === 0 ? '' : `, ${open} to sign: cockpit checklist show --phase after-production`}`,
			},
		];
	});

/** What is new in a report beside the one before it; all of it where there was none. Several watches of an update: each. */
export const changesBetween = (
	before: WatchReport | undefined,
	report: WatchReport,
	environment: Environment,
): readonly Told[] => {
	const phaseOf = (one: WatchReport | undefined): string | undefined =>
		one?.phases.find(({state}) => state === 'now')?.title;
	const stateOf = (id: string): Trigger['state'] | undefined =>
		before?.triggers.find(trigger => trigger.id === id)?.state;
	const seen = new Set(before?.newSignatures.map(({log, signature}) => `${log} ${signature}`));
	return [
		...(phaseOf(before) === phaseOf(report) ? [] : phaseTold(report)),
		...report.triggers
			// A first look names what is not quiet; later each change counts.
			.filter(({id, state}) => (before ? stateOf(id) !== state : state !== 'quiet'))
			.map(trigger => triggerTold(trigger, environment)),
		...(before?.verdict === report.verdict ? [] : [verdictTold(report)]),
		...report.newSignatures
			.filter(({log, signature}) => !seen.has(`${log} ${signature}`))
			.map(({log, level, sample}) => ({
				object: {type: 'watch.signature', log, level, sample},
				text: `▲ new in ${log}: ${sample}`,
				meaning: 'attention' as const,
			})),
	];
};

const outcomes = {
	good: ['✓', 'good', 'success'],
	bad: ['✗', 'BAD', 'danger'],
	unclear: ['?', 'UNCLEAR', 'attention'],
	replaced: ['–', 'replaced by another run', 'muted'],
} as const;

/** Prints what happens to the watches of an environment: a line or an object per change. */
export const createWatchPrinter = (terminal: Terminal, environment: Environment, json: boolean) => {
	const last = new Map<string, WatchReport>();
	let problem: string | undefined;
	let silent = '';

	const say = (report: WatchReport, {object, text, meaning}: Told): void => {
		const {watch, now} = report;
		if (json)
			printJson(terminal, {
				...object,
				at: iso(now),
				environment: environment.name,
				app: watch.app,
				run: watch.run === '' ? undefined : watch.run,
			});
		else
			terminal.out(
				`${paint(terminal, 'muted', clockTime(now, environment.timeZone))}  ${watch.app}  ${meaning ? paint(terminal, meaning, text) : text}\n`,
			);
	};

	const begin = (report: WatchReport): void => {
		const {watch, now} = report;
		const left = duration(Math.max(0, watch.endsAt - now));
		say(report, {
			object: {type: 'watch.on', release: watch.release, commit: watch.commit, until: iso(watch.endsAt)},
			text: `watch of ${buildOf(watch)} on ${environment.title} until ${clockTime(watch.endsAt, environment.timeZone)}, ${left} left${watch.by === '' ? '' : `, ${watch.kind === 'rollback' ? 'rolled back' : 'deployed'} by ${watch.by}`}`,
			meaning: 'header',
		});
	};

	/** What fails says why itself, once a trigger has fired by it. */
	const sayOwnWords = (
		before: WatchReport | undefined,
		{watch, triggers}: WatchReport,
		{readings}: ProbeRound,
	): void => {
		const wasFired = new Set(before?.triggers.filter(({state}) => state === 'fired').map(({id}) => id));
		if (!triggers.some(({id, state}) => state === 'fired' && !wasFired.has(id))) return;
		const said = new Set<string>();
		for (const {title, app, ownWords = []} of readings) {
			const text = ownWords.map(line => `    ${line}\n`).join('');
			if (text === '' || (app ?? watch.app) !== watch.app || said.has(text)) continue;
			said.add(text);
			terminal.err(`  ${title}, in its own words:\n${text}`);
		}
	};

	return {
		/** Prints what is new. */
		update: ({reports, round, problem: found}: WatchUpdate): void => {
			for (const report of reports) {
				const {run} = report.watch;
				if (!last.has(run)) begin(report);
				const before = last.get(run);
				for (const told of changesBetween(before, report, environment)) say(report, told);
				sayOwnWords(before, report, round);
				last.set(run, report);
			}
			const why = round.silent.map(({host, why: reason}) => `${host}: ${reason}`).join('; ');
			if (why !== silent)
				terminal.err(why === '' ? 'noted: the hosts answer again\n' : `noted: not known from ${why}\n`);
			silent = why;
			if (found !== undefined && found !== problem)
				terminal.err(`noted: not written down for the team yet: ${found}\n`);
			problem = found;
		},
		/** Whoever followed it stops: what becomes of the watch, and how to come back. */
		leave: (reports: readonly WatchReport[], {isOwn}: {readonly isOwn: boolean}): void => {
			const {title, name, timeZone} = environment;
			if (isOwn) return terminal.err('noted: stopped looking; nothing of this watch was recorded\n');
			const until = reports.map(({watch}) => `of the ${watch.app} until ${clockTime(watch.endsAt, timeZone)}`);
			terminal.err(
				`noted: the watch on ${title} goes on by itself${until.length === 0 ? '' : `, ${until.join(', ')}`}. Come back: cockpit watch --env ${name}\n`,
			);
		},
		/** What a watch came to: its triggers, what is not as before, and the verdict of the whole. */
		close: (
			report: WatchReport,
			{outcome, text}: {readonly outcome: keyof typeof outcomes; readonly text: string},
		): void => {
			const [mark, word, meaning] = outcomes[outcome];
			if (!json && outcome !== 'replaced') {
				for (const trigger of report.triggers) say(report, triggerTold(trigger, environment));
				for (const comparison of report.comparisons.filter(({verdict}) => verdict !== 'same'))
					say(report, {
						object: {},
						text: `${comparison.verdict === 'worse' ? '✗ WORSE' : '? UNCLEAR'} ${[comparison.title, comparison.measure].filter(Boolean).join(', ')}: ${comparisonText(comparison)}`,
						meaning: comparison.verdict === 'worse' ? 'danger' : 'attention',
					});
			}
			say(report, {
				object: {
					type: 'watch.finished',
					outcome,
					text,
					triggers: report.triggers,
					comparisons: report.comparisons,
				},
				text: `${mark} ${buildOf(report.watch)}: ${word}${text === '' ? '' : `: ${text}`}`,
				meaning,
			});
		},
	};
};
