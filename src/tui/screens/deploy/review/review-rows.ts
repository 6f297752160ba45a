import {shortCommit} from '../../../../domain/build.ts';
import {duration, size} from '../../../../domain/format.ts';
import {isOpen} from '../../../../domain/gates/gates.ts';
import {costText} from '../../../../app/deploy/promotion-cost.ts';
import type {DeployReview} from '../../../../app/deploy/review-deploy.ts';
import type {Problem} from '../../../../store/deploy/wizard.ts';
import {beside, justify, pad, padStart, rule, span, type Row} from '../../../kit/rows.ts';
import {gatesPanel, metNames} from './gates-rows.ts';
import {chip, isWide, labelled, paragraph, stack, wrap, type Look} from '../../../kit/layout.ts';
import {age, clock, day, hourMinute, zoneName} from '../../../kit/times.ts';

/** A review older than this is said to be so: the host may have changed. */
const oldMs = 60_000;

type View = {readonly review: DeployReview; readonly now: number};

/** `4e81d0c`, or the whole release where it holds no commit. */
export const liveName = ({live}: Pick<DeployReview, 'live'>): string =>
	live.commit ?? (live.release?.endsWith('-adopted') ? 'the adopted release' : live.release) ?? 'nothing';

const head = (title: string, fact: Row, width: number, {glyphs}: Look): Row =>
	rule([span(title, 'value', {bold: true})], fact, width, {line: glyphs.rule});

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
		head('Commits', commitsFact(review), width, look),
		...shown.map(commit => commitRow(commit, review.timeZone, width >= 60)),
		...(rest > 0 ? [[span(` ${rest} more, `, 'muted'), span('l', 'accent'), span(' to list', 'muted')]] : []),
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
	return [
		head('Files', filesFact(review), width, look),
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
		...(directories.length > shown.length
			? [
					[
						span(` ${directories.length - shown.length} more directories, `, 'muted'),
						span('f', 'accent'),
						span(' to list', 'muted'),
					],
				]
			: []),
		...(review.files
			? []
			: [[span(' Everything is compared on the host before anything is sent.', 'muted' as const)]]),
		labelled('kept', [span(keptText(review))]),
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

const lockFile = {backend: 'composer.lock', frontend: 'package-lock.json'} as const;

const packagesText = ({packages, app}: DeployReview): string =>
	({changed: `${lockFile[app]} changed`, same: `${lockFile[app]} is the same`, unknown: 'not known'})[packages];

const packagesPanel = ({review}: View, width: number, look: Look): readonly Row[] => [
	head('Packages', [span(packagesText(review), review.packages === 'changed' ? 'value' : 'muted')], width, look),
	[
		span(
			review.app === 'backend'
				? ' composer install runs in the new release either way.'
				: ' The build is made here, in a clean work tree of the commit.',
			'muted',
		),
	],
];

const migrationsPanel = ({review}: View, width: number, look: Look): readonly Row[] =>
	review.app === 'backend'
		? [
				head('Migrations', [span('asked before the swap', 'muted')], width, look),
				[span(' Pending ones are shown with their SQL: run, skip or stop. They must', 'muted')],
				[span(' work with the code that is live now.', 'muted')],
			]
		: [];

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

const zone = ({readAt, timeZone}: DeployReview): string => zoneName(readAt, timeZone);

const runPanel = ({review, now}: View, width: number, look: Look): readonly Row[] => [
	head('This run', [], width, look),
	labelled('release', [
		span(`${review.app} ${shortCommit(review.build.commit)}`, 'value', {bold: true}),
		span(`  ${review.build.branch ?? 'no branch'}`, 'muted'),
	]),
	labelled('digest', [span(review.build.digest.slice(0, 8))]),
	labelled('upload', [span(uploadText(review))]),
	labelled('backup', [span(backupText(review))]),
	labelled('usually', [span(usualText(review))]),
	labelled('downtime', [span(downtimeText(review))]),
	...(review.usual.totalMs === undefined
		? []
		: [labelled('done by', [span(`${hourMinute(now + review.usual.totalMs, review.timeZone)} ${zone(review)}`)])]),
	labelled('by', [span(review.actor.name), span(`  ${review.actor.machine}`, 'muted')]),
	...(review.takesBack ? paragraph('costs', costText(review.takesBack), width, 'attention') : []),
];

const checksChip = (review: DeployReview, look: Look): Row =>
	review.refusal ? chip('NO-GO', 'danger', look) : chip('GO', 'success', look);

const checkRow = ({name, text, refusal}: DeployReview['checks'][number], {glyphs}: Look): Row => [
	span(` ${refusal ? glyphs.failed : glyphs.done} `, refusal ? 'danger' : 'success'),
	...pad([span(name)], 11),
	span(text, refusal ? 'danger' : 'muted'),
];

const checksPanel = ({review, now}: View, width: number, look: Look): readonly Row[] => [
	head('Pre-flight checks', checksChip(review, look), width, look),
	...review.checks.map(check => checkRow(check, look)),
	[
		span(
			`   read ${age(now - review.readAt)} ago, checked again before the run`,
			now - review.readAt > oldMs ? 'attention' : 'muted',
		),
	],
];

/** All checks in two columns. */
const checksShort = ({review}: View, width: number, look: Look): readonly Row[] => {
	const half = Math.ceil(review.checks.length / 2);
	const column = Math.floor(width / 2);
	const part = (from: number) => review.checks.slice(from, from + half).map(check => checkRow(check, look));
	const {report} = review.decision;
	const title = [span('Pre-flight checks', 'value', {bold: true}), ...(isOpen(report) ? metNames(report, look) : [])];
	return [
		rule(title, checksChip(review, look), width, {line: look.glyphs.rule}),
		...beside(
			[
				{rows: part(0), width: column},
				{rows: part(half), width: width - column},
			],
			0,
		),
	];
};

const wayBackPanel = ({review}: View, width: number, look: Look): readonly Row[] => [
	head('Way back', [], width, look),
	labelled('before the swap', [span('stop, live is untouched')], 16),
	labelled(
		'after the swap',
		[span(review.live.release === undefined ? 'nothing was live before' : `back to ${liveName(review)}:`)],
		16,
	),
	...review.wayBack.flatMap(line => wrap(line, width - 4)).map((line): Row => [span(`   ${line}`, 'muted')]),
	labelled('later', [span('from the backup of this run')], 16),
];

const recentPanel = ({review}: View, width: number, look: Look): readonly Row[] => {
	const {recent} = review.usual;
	if (recent.length === 0) return [];
	const {glyphs} = look;
	return [
		head('Last runs', [span('from this machine', 'muted')], width, look),
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
				rule([span('DEPLOYMENT BLOCKED', 'danger', {bold: true})], [], width, {
					line: look.glyphs.rule,
					tone: 'danger',
				}),
				...paragraph('Why', refusal.why, width),
				...paragraph('Now', 'Nothing was changed.', width),
				...paragraph('Next', refusal.next, width, 'accent'),
			]
		: [];

const summaryShort = (view: View, width: number, look: Look): readonly Row[] => {
	const {review} = view;
	const [first] = review.commits?.commits ?? [];
	const since =
		review.commits && review.live.commit ? `${review.commits.commits.length} since ${review.live.commit}: ` : '';
	const back = review.commits && review.commits.behind > 0 ? `takes back ${review.commits.behind}; ` : '';
	return [
		head(
			'What will change',
			[
				span(
					`read ${age(view.now - review.readAt)} ago`,
					view.now - review.readAt > oldMs ? 'attention' : 'muted',
				),
			],
			width,
			look,
		),
		labelled('commits', [
			span(back, 'attention'),
			span(`${since}${first ? `${shortCommit(first.commit)} ${first.subject}` : 'none'}`),
		]),
		labelled('files', [
			...filesFact(review),
			span(`; upload ${review.files ? size(review.files.uploadBytes) : 'not known'}`),
		]),
		labelled('kept', [span(keptText(review))]),
		...leftOutRows(review, width),
		labelled('packages', [span(packagesText(review))]),
		...(review.app === 'backend'
			? [labelled('migrations', [span('pending ones are asked about before the swap')])]
			: []),
		...(review.takesBack ? paragraph('costs', costText(review.takesBack), width, 'attention').slice(0, 2) : []),
		labelled('backup', [span(backupText(review))]),
		labelled('time', [
			span(
				review.usual.totalMs === undefined
					? usualText(review)
					: `usually ${clock(review.usual.totalMs)}, downtime ${downtimeText(review)}; done by ${hourMinute(view.now + review.usual.totalMs, review.timeZone)} ${zone(review)}`,
			),
		]),
	];
};

const wayBackShort = ({review}: View, width: number, look: Look): readonly Row[] => [
	head('Way back', [], width, look),
	labelled('before swap', [span('stop, live is untouched')], 11),
	...wrap(review.wayBack.join('; '), width - 14).map((line, index) =>
		labelled(index === 0 ? 'after' : '', [span(line)], 11),
	),
];

/** What a deploy will change, in two columns where there is room. */
export const reviewSummary = (view: View, width: number, height: number, look: Look): readonly Row[] => {
	const {review} = view;
	const blocked = refusalPanel(review, width, look);
	if (!isWide(width + 2)) {
		return stack(
			[
				blocked,
				isOpen(review.decision.report) ? [] : gatesPanel(review.decision.report, review.timeZone, width, look),
				summaryShort(view, width, look),
				checksShort(view, width, look),
				wayBackShort(view, width, look),
			],
			height,
		);
	}
	const right = Math.min(50, Math.max(40, Math.floor(width * 0.39)));
	const left = width - right - 3;
	const room = Math.max(6, height - blocked.length - 14);
	return stack(
		[
			blocked,
			beside(
				[
					{
						rows: stack(
							[
								commitPanel(view, left, look, Math.max(2, Math.floor(room / 2))),
								filesPanel(view, left, look, Math.max(2, Math.floor(room / 2))),
								packagesPanel(view, left, look),
								migrationsPanel(view, left, look),
							],
							height - blocked.length,
						),
						width: left,
					},
					{
						rows: stack(
							[
								gatesPanel(review.decision.report, review.timeZone, right, look),
								runPanel(view, right, look),
								checksPanel(view, right, look),
								wayBackPanel(view, right, look),
								recentPanel(view, right, look),
							],
							height - blocked.length,
						),
						width: right,
					},
				],
				3,
			),
		],
		height,
	);
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

/** A review that could not be made. */
export const reviewProblem = (problem: Problem, width: number, {glyphs}: Look): readonly Row[] => [
	rule([span(`${glyphs.failed} ${problem.what}`, 'danger', {bold: true})], [], width, {
		line: glyphs.rule,
		tone: 'danger',
	}),
	...paragraph('Why', problem.why, width),
	...paragraph('Now', problem.now, width),
	...paragraph('Next', problem.next, width, 'accent'),
];
