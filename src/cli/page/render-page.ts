import {shortCommit} from '../../domain/build.ts';
import {age, clockTime, duration, moment} from '../../domain/format.ts';
import {slotText, type GateState, type Verdict} from '../../domain/gates/gates.ts';
import type {Comparison, Trigger} from '../../domain/watch/watch.ts';
import type {WatchPhase} from '../../domain/watch/watch-report.ts';
import {byHandText} from '../../app/status/status.ts';
import {html, type Markup} from './markup.ts';
import type {
	PageActivity,
	PageApp,
	PageBoard,
	PageEnvironment,
	PageFacts,
	PageSource,
	PageWatch,
} from './page-facts.ts';
import {pageStyle} from './page-style.ts';
import {pastCurve} from './past-curve.ts';

type Meaning = 'good' | 'bad' | 'wait' | 'quiet';

/** A state by glyph, word and colour. */
const state = (meaning: Meaning, glyph: string, word: string): Markup =>
	html`<span class="${meaning}">${glyph} ${word}</span>`;

const good = (word: string): Markup => state('good', '✓', word);
const bad = (word: string): Markup => state('bad', '✗', word);
const notKnown = (word = 'not known'): Markup => state('wait', '?', word);
const wordOf = {pass: good, fail: bad, unclear: notKnown} as const;

const names = {backend: 'Backend', frontend: 'Frontend'} as const;

const commitOf = (commit: string | undefined): Markup =>
	commit === undefined ? notKnown('build not known') : html`<strong><code>${shortCommit(commit)}</code></strong>`;

const liveRow = ({app, live}: PageApp, timeZone: string): Markup => {
	const row = (what: Markup): Markup =>
		html`<tr>
			<th scope="row">${names[app]}</th>
			<td>${what}</td>
		</tr>`;
	if (!live) return row(notKnown());
	if (!live.isAdopted) return row(html`not taken over yet`);
	if (live.live === undefined) return row(html`nothing is live`);
	const since = live.byHand
		? html`, ${byHandText(live.byHand, timeZone)}`
		: live.since === undefined
			? undefined
			: html`, live since ${moment(Date.parse(live.since), timeZone)}`;
	const by = live.by === undefined ? undefined : html`, by ${live.by}`;
	const fault = live.fault === undefined ? undefined : html`<br />${bad(live.fault)}`;
	return row(html`${commitOf(live.commit)}${since}${by}${fault}`);
};

const hourMs = 3_600_000;

const healthRow = ({app, health, past}: PageApp, now: number | undefined): Markup => {
	const {answer, durationMs, isGood} = health;
	const found = isGood ? state('good', '●', 'healthy') : bad('not healthy');
	const curve = now === undefined ? undefined : pastCurve(past, {from: now - hourMs, until: now});
	return html`<tr>
		<th scope="row">${app === 'backend' ? 'API' : 'Site'}</th>
		<td>${found}, ${answer} in ${durationMs} ms${curve}</td>
	</tr>`;
};

const sourceRow = ({app, tree}: PageSource): Markup => {
	const found =
		'unknown' in tree
			? notKnown(tree.unknown)
			: html`${commitOf(tree.value.commit)}${tree.value.branch === undefined ? undefined : html` on ${tree.value.branch}`},
				${
					tree.value.uncommitted === 0
						? 'all committed'
						: state('wait', '▲', `${tree.value.uncommitted} not committed`)
				}`;
	return html`<tr>
		<th scope="row">${names[app]}</th>
		<td>${found}</td>
	</tr>`;
};

const environmentCard = (environment: PageEnvironment): Markup => {
	const {title, tier, timeZone} = environment;
	const card = (where: string, rows: readonly (Markup | undefined)[]): Markup =>
		html`<section class="card ${tier}">
			<div class="head">
				<h3>${title}</h3>
				<span class="quiet">${where}</span>
			</div>
			<table>
				${rows}
			</table>
		</section> `;
	if ('sources' in environment) return card('sources here', environment.sources.map(sourceRow));
	const {host, now, problem, apps, services, processes, diskUsed, locks} = environment;
	const row = (name: string, what: Markup): Markup =>
		html`<tr>
			<th scope="row">${name}</th>
			<td>${what}</td>
		</tr>`;
	return card(now === undefined ? host : `${host}, read ${clockTime(now, timeZone)}`, [
		problem && row('Host', html`${notKnown('no answer')}: ${problem.why}`),
		...apps.map(app => liveRow(app, timeZone)),
		...apps.map(app => healthRow(app, now)),
		services.length === 0
			? undefined
			: row(
					'Services',
					html`${services.map(({unit, state: how}, index) => [
						index === 0 ? '' : ', ',
						how === 'active' ? good(`${unit} active`) : bad(`${unit} ${how}`),
					])}`,
				),
		processes.length === 0
			? undefined
			: row(
					'Processes',
					html`${processes.map(({title, state: how, text}, index) => [
						index === 0 ? '' : ', ',
						wordOf[how](`${title} ${text}`),
					])}`,
				),
		diskUsed === undefined ? undefined : row('Disk', html`${diskUsed} used`),
		...locks.map(({kind, app, by, since}) =>
			row(
				'Run',
				html`${state('wait', '▲', `${kind} of ${app}`)} by ${by}, since ${moment(Date.parse(since), timeZone)}`,
			),
		),
	]);
};

const verdictMeaning: Readonly<Record<Verdict, Meaning>> = {GO: 'good', HOLD: 'wait', 'NO-GO': 'bad'};
const verdictWords: Readonly<Record<Verdict, string>> = {
	GO: 'every gate is met',
	HOLD: 'something is missing or waits',
	'NO-GO': 'something failed',
};

const gateStates: Readonly<Record<GateState, Markup>> = {
	met: good('met'),
	failed: bad('failed'),
	open: state('wait', '○', 'to do'),
	waiting: state('wait', '◔', 'waits'),
	unknown: notKnown(),
};

const boardCard = ({to, app, commit, now, report}: PageBoard): Markup => {
	const {title, timeZone} = to;
	const name = html`<h3>
		${names[app]} ${commit === undefined ? '' : html`<code>${shortCommit(commit)}</code>`} to ${title}
	</h3>`;
	if ('unknown' in report)
		return html`<section class="card">
			<div class="head">${name}<span class="chip wait">? NOT KNOWN</span></div>
			<p>${report.unknown}</p>
		</section> `;
	const {verdict, gates, nextSlot} = report.value;
	const isGo = verdict === 'GO';
	const slot =
		nextSlot === undefined
			? slotText(report.value, () => '')
			: now !== undefined && nextSlot <= now
				? isGo
					? 'now'
					: 'now, once the rest is met'
				: `${moment(nextSlot, timeZone)}${isGo ? '' : ', with the rest met'}`;
	return html`<section class="card">
		<div class="head">${name}<span class="chip ${verdictMeaning[verdict]}">${verdict}</span></div>
		<p class="quiet">${verdictWords[verdict]}${now === undefined ? '' : `, read ${clockTime(now, timeZone)}`}</p>
		<table>
			${gates.map(
				({gate, state: how, text, clears, at}) =>
					html`<tr>
						<th scope="row">${gate}</th>
						<td class="state">${gateStates[how]}</td>
						<td>
							${text}${
								how === 'met' || clears === undefined
									? undefined
									: html`<br /><span class="quiet">${clears}</span>`
							}${how === 'met' || at === undefined ? undefined : html`<br /><span class="quiet">opens ${moment(at, timeZone)}</span>`}
						</td>
					</tr>`,
			)}
		</table>
		<p class="slot">Next slot: <strong>${slot}</strong></p>
	</section> `;
};

const watchOutcomes = {
	good: good('ended well'),
	bad: bad('ended badly'),
	unclear: notKnown('ended unclear'),
	replaced: state('quiet', '–', 'replaced by another run'),
} as const;

const phaseRow = ({title, state: how, items}: WatchPhase): Markup => {
	const left = items.filter(({state: one}) => one === 'open').length;
	const failed = items.filter(({state: one}) => one === 'failed').length;
	const mark = {
		before: state('quiet', '○', 'to come'),
		now: state('wait', '▲', 'now'),
		over: left > 0 ? state('wait', '○', 'over') : good('over'),
	}[how];
	const signed = `${items.length - left} of ${items.length} signed`;
	return html`<tr>
		<th scope="row">${title}</th>
		<td class="state">${mark}</td>
		<td>
			${items.length === 0 ? 'nothing to sign' : signed}${failed > 0 ? html`, ${bad(`${failed} failed`)}` : undefined}
		</td>
	</tr>`;
};

const triggerMarks = {quiet: good('no'), fired: bad('FIRED'), unclear: notKnown('unclear')} as const;

const triggerRow = ({title, state: how, text}: Trigger): Markup =>
	html`<tr>
		<th scope="row">${title}</th>
		<td class="state">${triggerMarks[how]}</td>
		<td>${text}</td>
	</tr>`;

/** Where a watch stands, in one mark. Not seen is never well. */
const watchState = ({report: {watch, now, triggers, outcome}, worse}: PageWatch): Markup => {
	const {ended, endsAt, startedAt, kind} = watch;
	if (ended) return watchOutcomes[ended.outcome];
	if (now >= endsAt) return notKnown('over, nobody was there at its end');
	const fired = triggers.filter(({state: how}) => how === 'fired').length;
	const time = `${duration(now - startedAt)} since the ${kind}, ${duration(endsAt - now)} left`;
	if (fired > 0) return bad(`${fired === 1 ? '1 reason' : `${fired} reasons`} to roll back; ${time}`);
	if (worse.length > 0) return bad(`worse than before; ${time}`);
	return outcome?.outcome === 'good' ? good(`well so far; ${time}`) : notKnown(`unclear so far; ${time}`);
};

/** Why it stands so; of one that has ended only where this machine saw what the ledger says. */
const watchReason = ({report: {watch, outcome}}: PageWatch): Markup | undefined =>
	outcome === undefined || (watch.ended && watch.ended.outcome !== outcome.outcome)
		? undefined
		: html`<p>${outcome.text}</p>`;

const watchCard = (one: PageWatch): Markup => {
	const {report, title, timeZone, worse} = one;
	const {watch, phases, triggers, comparisons} = report;
	const count = (verdict: Comparison['verdict']): number =>
		comparisons.filter(({verdict: is}) => is === verdict).length;
	const {app, commit, by, endsAt, accepted} = watch;
	return html`<section class="card production">
		<div class="head">
			<h3>${names[app]} ${commit === undefined ? '' : html`<code>${shortCommit(commit)}</code>`} on ${title}</h3>
			<span class="quiet">until ${clockTime(endsAt, timeZone)}, run by ${by}</span>
		</div>
		<p><strong>${watchState(one)}</strong></p>
		${watchReason(one)}
		<table>
			${phases.map(phaseRow)}
		</table>
		<p class="slot">Roll back if:</p>
		<table class="sentences">
			${triggers.map(triggerRow)}
		</table>
		<p class="slot">
			Before and after the swap:
			${comparisons.length === 0 ? notKnown('nothing to compare yet') : `WORSE ${count('worse')}, UNCLEAR ${count('unclear')}, same ${count('same')}`}
		</p>
		${worse.length === 0 ? undefined : html`<p>${bad(`worse than before: ${worse.join(', ')}`)}</p>`}${accepted.map(
			({by: who, reason}) => html`<p>Accepted by ${who}: ${reason}</p>`,
		)}
	</section> `;
};

/** How something on a ledger ended, as its line shows it. */
const activityMarks: Partial<Readonly<Record<PageActivity['outcome'], readonly [Meaning, string]>>> = {
	deployed: ['good', '▲'],
	'rolled-back': ['wait', '↓'],
	failed: ['bad', '✗'],
	passed: ['good', '✓'],
	unclear: ['wait', '?'],
	held: ['wait', '▲'],
};

const activityLine = ({at, timeZone, title, who, text, outcome}: PageActivity): Markup => {
	const [meaning, glyph] = activityMarks[outcome] ?? (['quiet', '–'] as const);
	return html`<li>
		<span class="${meaning}">${glyph}</span> <span class="quiet">${moment(at, timeZone)}</span> ${title}: ${who}
		${text}
	</li> `;
};

const section = (title: string, body: readonly Markup[]): Markup | undefined =>
	body.length === 0
		? undefined
		: html`<h2>${title}</h2>
				<div class="cards">${body}</div> `;

/** The state of every environment as one page for people without a terminal. It loads and runs nothing. */
export const renderStatusPage = (facts: PageFacts): string => {
	const {project, madeAt, clock, timeZone, everyMs, by, version, environments, boards, watches, activity} = facts;
	const old = moment(madeAt + everyMs, timeZone);
	const body = html`<!DOCTYPE html>
		<html lang="en">
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta name="robots" content="noindex" />
				<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
				<title>${project}: status at ${moment(madeAt, timeZone)}</title>
				<style>
					${pageStyle}
				</style>
			</head>
			<body>
				<header>
					<h1>${project}</h1>
					<p>Made at <strong>${moment(madeAt, timeZone)}</strong>, by the clock of ${clock}.</p>
					<p class="quiet">
						It is made anew every ${age(everyMs)}: after ${old} what stands here is old. Load it again then.
					</p>
				</header>
				<main>
					${section(
						'Watch after a production run',
						watches.map(watchCard),
					)}${section('What runs where', environments.map(environmentCard))}${section('May it go on', boards.map(boardCard))}
					<h2>Activity</h2>
					<section class="card">
						${
							activity.length === 0
								? html`<p>Nothing is known.</p>`
								: html`<ul>
										${activity.map(activityLine)}
									</ul>`
						}
					</section>
				</main>
				<footer>
					Written by ${by} with Release Cockpit ${version}. A copy of what was so at that time: the gates
					themselves ask again.
				</footer>
			</body>
		</html> `;
	return body.text;
};
