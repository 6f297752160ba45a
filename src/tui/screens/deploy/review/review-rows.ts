import {shortCommit} from '../../../../domain/build.ts';
import {age, clockTime, duration, size} from '../../../../domain/format.ts';
import {isOpen} from '../../../../domain/gates/gates.ts';
import {costText} from '../../../../app/deploy/promotion-cost.ts';
import type {DeployReview} from '../../../../app/deploy/review-deploy.ts';
import {beside, justify, pad, padStart, span, type Row, type Span} from '../../../kit/rows.ts';
import {migrationsPanel, migrationsShort} from './migrations-panel.ts';
import {gatesPanel, metNames} from './gates-rows.ts';
import {
	chip,
	factRows,
	columnsOf,
	isWide,
	labelled,
	panelHead,
	paragraph,
	problemRows,
	stack,
	wrap,
	type Look,
} from '../../../kit/layout.ts';
import {day, stopwatch} from '../../../kit/times.ts';

/** A review older than this is said to be so: the host may have changed. */
const oldMs = 60_000;

type View = {readonly review: DeployReview; readonly now: number};

/** `4e81d0c`, or the whole release where it holds no commit. */
export const liveName = ({live}: Pick<DeployReview, 'live'>): string =>
	live.commit ?? (live.release?.endsWith('-adopted') ? 'the adopted release' : live.release) ?? 'nothing';

const commitRow = (
	{commit, at, author, subject}: {commit: string; at: number; author: string; subject: string},
	zone: string,
	isWideEnough: boolean,
): Row => [
	span(` ${shortCommit(commit)}  `),
	...(isWideEnough
		? [span(`${day(at, zone)} `.padEnd(12), 'muted'), ...pad([span(author, 'muted')], 10), span(' ')]
		: []),
	span(subject),
];

/** What a list has no room for, and the key that shows all of it. */
const moreRow = (more: string, key: string): Row => [
	span(` ${more}, `, 'muted'),
	span(key, 'accent'),
	span(' to list', 'muted'),
];

const commitsFact = ({commits, live}: DeployReview): Row => {
	if (!commits && live.commit === undefined) return [span('not known', 'attention')];
	if (!commits) return [span(`live ${live.commit} is not in this repository`, 'attention')];
	if (live.commit === undefined) return [span('latest; which one is live is not known', 'muted')];
	const count = commits.commits.length;
	const behind = commits.behind === 0 ? [] : [span(`, takes back ${commits.behind}`, 'attention')];
	return [span(`${count === 200 ? '200 or more' : count} since ${live.commit}`, 'muted'), ...behind];
};

const commitPanel = ({review}: View, width: number, look: Look, most: number): readonly Row[] => {
	const commits = review.commits?.commits ?? [];
	const shown = commits.length > most ? commits.slice(0, Math.max(1, most - 1)) : commits;
	const rest = commits.length - shown.length;
	return [
		panelHead('Commits', width, look, commitsFact(review)),
		...shown.map(commit => commitRow(commit, review.timeZone, width >= 60)),
		...(rest > 0 ? [moreRow(`${rest} more`, 'l')] : []),
		...(commits.length === 0
			? [[span(review.commits ? ' none: the same commit is live' : ' not known', 'muted')]]
			: []),
	];
};

const filesFact = ({files}: DeployReview): Row => {
	if (!files) return [span('not known: no manifest of live', 'attention')];
	const of = (kind: string) => files.files.filter(file => file.kind === kind).length;
	return [
		span(`${of('changed')} changed  ${of('new')} new  ${of('deleted')} deleted`),
		span(`  of ${files.total.toLocaleString('en')}`, 'muted'),
	];
};

const count = (value: number, sign: string): Row =>
	padStart([span(value === 0 ? '-' : `${sign}${value}`, value === 0 ? 'muted' : 'value')], 7);

const filesPanel = ({review}: View, width: number, look: Look, most: number): readonly Row[] => {
	const directories = review.files?.directories ?? [];
	const shown = directories.slice(0, most);
	const rest = directories.length - shown.length;
	return [
		panelHead('Files', width, look, filesFact(review)),
		...shown.map(({directory, changed, added, deleted, sizeBytes}): Row =>
			justify(
				[
					...pad([span(` ${directory}`)], 24),
					...padStart([span(`${changed} changed`, changed === 0 ? 'muted' : 'value')], 12),
					...count(added, '+'),
					...count(deleted, '-'),
				],
				[span(size(sizeBytes), 'muted'), span(' ')],
				width,
			),
		),
		...(rest > 0 ? [moreRow(`${rest} more directories`, 'f')] : []),
		...(review.files
			? []
			: [[span(' Everything is compared on the host before anything is sent.', 'muted' as const)]]),
		labelled('kept', keptText(review)),
		...leftOutRows(review, width),
	];
};

/** What of live is left behind, and what to do about it; no row where all of it is as deployed. */
const leftOutRows = ({leftOut, live}: DeployReview, width: number): readonly Row[] => {
	if (!leftOut) return [];
	if ('unknown' in leftOut) return paragraph('behind', `not known: ${leftOut.unknown}`, width, 'attention');
	const {length} = leftOut.value;
	if (length === 0) return [];
	const more = length > 3 ? ` and ${length - 3} more` : '';
	const [files, they, them] = length === 1 ? ['file', 'it stays', 'it'] : ['files', 'they stay', 'them'];
	return paragraph(
		'behind',
		`${length.toLocaleString('en')} ${files} not as deployed: ${leftOut.value.slice(0, 3).join(', ')}${more}; ${they} in release ${live.release ?? ''}. Commit ${them}, or name ${them} in shared:`,
		width,
		'attention',
	);
};

const keptText = ({kept}: DeployReview): string =>
	kept.length === 0 ? 'nothing belongs to the environment' : kept.join('  ');

const packagesText = ({packages, about: {lockFile}}: DeployReview): string =>
	({changed: `${lockFile} changed`, same: `${lockFile} is the same`, unknown: 'not known'})[packages];

const packagesPanel = ({review}: View, width: number, look: Look): readonly Row[] => [
	panelHead('Packages', width, look, [span(packagesText(review), review.packages === 'changed' ? 'value' : 'muted')]),
	[span(` ${review.about.packages}`, 'muted')],
];

const downtimeText = ({usual: {downtimeMs}}: Pick<DeployReview, 'usual'>): string =>
	downtimeMs === undefined ? 'not known yet' : downtimeMs === 0 ? 'none' : `about ${duration(downtimeMs)}`;

export const uploadText = ({files}: Pick<DeployReview, 'files'>): string =>
	files ? `${size(files.uploadBytes)} of ${size(files.totalBytes)}` : 'not known yet';

export const backupText = ({cost}: Pick<DeployReview, 'cost'>): string => {
	const free = `${size(cost.backupsFreeBytes)} free`;
	if (cost.lastBackupBytes !== undefined) return `about ${size(cost.lastBackupBytes)}, ${free}`;
	return cost.liveBytes === undefined ? `nothing is live, ${free}` : `at most ${size(cost.liveBytes)}, ${free}`;
};

export const usualText = ({usual}: Pick<DeployReview, 'usual'>): string =>
	usual.totalMs === undefined ? 'not known yet' : `${duration(usual.totalMs)}, median of ${usual.count}`;

/** `11:30 IST`, when a run that takes so long will be over. */
const doneBy = ({review, now}: View, totalMs: number): string => clockTime(now + totalMs, review.timeZone);

const costRows = ({takesBack}: DeployReview, width: number): readonly Row[] =>
	takesBack ? paragraph('costs', costText(takesBack), width, 'attention') : [];

const runPanel = (view: View, width: number, look: Look): readonly Row[] => {
	const {app, build, actor, usual} = view.review;
	return [
		panelHead('This run', width, look),
		...factRows({
			release: [
				span(`${app} ${shortCommit(build.commit)}`, 'value', {bold: true}),
				span(`  ${build.branch ?? 'no branch'}`, 'muted'),
			],
			digest: build.digest.slice(0, 8),
			upload: uploadText(view.review),
			backup: backupText(view.review),
			usually: usualText(view.review),
			downtime: downtimeText(view.review),
			'done by': usual.totalMs === undefined ? undefined : doneBy(view, usual.totalMs),
			by: [span(actor.name), span(`  ${actor.machine}`, 'muted')],
		}),
		...costRows(view.review, width),
	];
};

/** Whether the checks let it start. */
export const checksChip = ({refusal}: DeployReview, look: Look): Row =>
	refusal ? chip('NO-GO', 'danger', look) : chip('GO', 'success', look);

const checkRow = ({name, text, refusal}: DeployReview['checks'][number], {glyphs}: Look): Row => [
	span(` ${refusal ? glyphs.failed : glyphs.done} `, refusal ? 'danger' : 'success'),
	...pad([span(name)], 11),
	span(text, refusal ? 'danger' : 'muted'),
];

/** `read 3 s ago`: how much what is shown may have changed since. */
const readSpan = ({review, now}: View, before = '', after = ''): Span => {
	const agoMs = now - review.readAt;
	return span(`${before}read ${age(agoMs)} ago${after}`, agoMs > oldMs ? 'attention' : 'muted');
};

const checksPanel = (view: View, width: number, look: Look): readonly Row[] => [
	panelHead('Pre-flight checks', width, look, checksChip(view.review, look)),
	...view.review.checks.map(check => checkRow(check, look)),
	[readSpan(view, '   ', ', checked again before the run')],
];

/** All checks in two columns. */
const checksShort = ({review}: View, width: number, look: Look): readonly Row[] => {
	const {report} = review.decision;
	const title = [span('Pre-flight checks', 'value', {bold: true}), ...(isOpen(report) ? metNames(report, look) : [])];
	const checks = review.checks.map(check => checkRow(check, look));
	return [panelHead(title, width, look, checksChip(review, look)), ...columnsOf(checks, width)];
};

const wayBackPanel = ({review}: View, width: number, look: Look): readonly Row[] => [
	panelHead('Way back', width, look),
	labelled('before the swap', 'stop, live is untouched', 16),
	labelled(
		'after the swap',
		review.live.release === undefined ? 'nothing was live before' : `back to ${liveName(review)}:`,
		16,
	),
	...review.wayBack.flatMap(line => wrap(line, width - 4)).map((line): Row => [span(`   ${line}`, 'muted')]),
	labelled('later', 'from the backup of this run', 16),
];

const recentPanel = ({review}: View, width: number, look: Look): readonly Row[] => {
	const {recent} = review.usual;
	if (recent.length === 0) return [];
	const {glyphs} = look;
	return [
		panelHead('Last runs', width, look, 'from this machine'),
		...recent.slice(0, 4).map(({at, commit, outcome, durationMs}): Row => {
			const isDone = outcome === 'done';
			return [
				span(` ${isDone ? glyphs.done : glyphs.failed} `, isDone ? 'success' : 'attention'),
				...pad([span(day(at, review.timeZone), 'muted')], 11),
				span(` ${shortCommit(commit)}  `),
				span(isDone ? duration(durationMs ?? 0) : outcome, isDone ? 'value' : 'attention'),
			];
		}),
	];
};

/** The reason not to start, before everything else. */
export const refusalPanel = ({refusal}: Pick<DeployReview, 'refusal'>, width: number, look: Look): readonly Row[] =>
	refusal
		? [
				panelHead([span('DEPLOYMENT BLOCKED', 'danger', {bold: true})], width, look, [], 'danger'),
				...problemRows({...refusal, now: 'Nothing was changed.'}, width),
			]
		: [];

const summaryShort = (view: View, width: number, look: Look): readonly Row[] => {
	const {review} = view;
	const [first] = review.commits?.commits ?? [];
	const since =
		review.commits && review.live.commit ? `${review.commits.commits.length} since ${review.live.commit}: ` : '';
	const back = review.commits && review.commits.behind > 0 ? `takes back ${review.commits.behind}; ` : '';
	const {totalMs} = review.usual;
	return [
		panelHead('What will change', width, look, [readSpan(view)]),
		...factRows({
			commits: [
				span(back, 'attention'),
				span(`${since}${first ? `${shortCommit(first.commit)} ${first.subject}` : 'none'}`),
			],
			files: [
				...filesFact(review),
				span(`; upload ${review.files ? size(review.files.uploadBytes) : 'not known'}`),
			],
			kept: keptText(review),
		}),
		...leftOutRows(review, width),
		...factRows({
			packages: packagesText(review),
			migrations: migrationsShort(review, look),
		}),
		...costRows(review, width).slice(0, 2),
		labelled('backup', backupText(review)),
		labelled(
			'time',
			totalMs === undefined
				? usualText(review)
				: `usually ${stopwatch(totalMs)}, downtime ${downtimeText(review)}; done by ${doneBy(view, totalMs)}`,
		),
	];
};

const wayBackShort = ({review}: View, width: number, look: Look): readonly Row[] => [
	panelHead('Way back', width, look),
	labelled('before swap', 'stop, live is untouched', 11),
	...paragraph('after', review.wayBack.join('; '), width, 'value', 11),
];

/** What a deploy will change, in two columns where there is room. */
export const reviewSummary = (view: View, width: number, height: number, look: Look): readonly Row[] => {
	const {review} = view;
	const {report} = review.decision;
	const blocked = refusalPanel(review, width, look);
	if (!isWide(width + 2)) {
		return stack(
			[
				blocked,
				isOpen(report) ? [] : gatesPanel(report, review.timeZone, width, look),
				summaryShort(view, width, look),
				checksShort(view, width, look),
				wayBackShort(view, width, look),
			],
			height,
		);
	}
	const right = Math.min(50, Math.max(40, Math.floor(width * 0.39)));
	const left = width - right - 3;
	const tall = height - blocked.length;
	const most = Math.floor(Math.max(6, tall - 14) / 2);
	const changes = [
		commitPanel(view, left, look, most),
		filesPanel(view, left, look, most),
		packagesPanel(view, left, look),
		migrationsPanel(review, left, look),
	];
	const facts = [
		gatesPanel(report, review.timeZone, right, look),
		runPanel(view, right, look),
		checksPanel(view, right, look),
		wayBackPanel(view, right, look),
		recentPanel(view, right, look),
	];
	const columns = beside(
		[
			{rows: stack(changes, tall), width: left},
			{rows: stack(facts, tall), width: right},
		],
		3,
	);
	return stack([blocked, columns], height);
};

/** Every commit a deploy brings, one row each. */
export const commitRows = ({commits, timeZone}: DeployReview, width: number): readonly Row[] =>
	(commits?.commits ?? []).map(commit => commitRow(commit, timeZone, width >= 60));

/** Every file a deploy changes, one row each. */
export const fileRows = ({files}: DeployReview, width: number, {glyphs}: Look): readonly Row[] =>
	(files?.files ?? []).map(({path, kind, sizeBytes}): Row => {
		const tone = {changed: 'accent', new: 'success', deleted: 'danger'} as const;
		return justify(
			[span(' '), ...pad([span(kind, tone[kind])], 9), span(path)],
			[span(kind === 'deleted' ? glyphs.notApplicable : size(sizeBytes), 'muted'), span(' ')],
			width,
		);
	});
