import type {Files} from './files.ts';
import type {FilesCommit} from './git.ts';
import {apiRoutes, backendParts, type Entity, entityFiles} from './sample-backend.ts';
import firstVersion from './sample/2.3.0?files';
import withAnalytics from './sample/2.4.0?files';
import withReminders from './sample/2.5.0?files';
import withDecimals from './sample/2.5.1?files';

export type SampleCommit = FilesCommit & {readonly version: string};

const ravi = {name: 'Ravi', email: 'ravi@qsights.test'};
const asha = {name: 'Asha', email: 'asha@qsights.test'};

const entity = (name: string, ...fields: readonly string[]): Entity => ({name, fields, createdAt: '2025_11_03'});
const entities: readonly Entity[] = [
	entity('User', 'name', 'email'),
	entity('Department', 'name'),
	entity('Program', 'title', 'starts_on', 'ends_on'),
	entity('Competency', 'title', 'description'),
	entity('EvaluationTemplate', 'title', 'program_id'),
	entity('Evaluation', 'template_id', 'evaluator_id', 'status'),
	entity('Question', 'text', 'template_id'),
	entity('Answer', 'question_id', 'evaluation_id', 'value'),
	entity('Subordinate', 'user_id', 'manager_id'),
	entity('Role', 'name'),
	entity('Report', 'title', 'program_id'),
	entity('Notification', 'user_id', 'text'),
];
const reminder: Entity = {name: 'Reminder', fields: ['evaluation_id', 'sent_at'], createdAt: '2026_01_27'};

const analytics = [
	'summary',
	'evaluator-performance',
	'subordinate-performance',
	'competency-analysis',
	'department-comparison',
	'trends',
].map(name => `Route::get('/analytics/${name}', [Api\\AnalyticsController::class, '${name.replaceAll('-', '_')}']);`);

/** The frontend needs no package, so that it builds without a network. */
const versions = (version: string): Files => ({
	'backend/VERSION': `${version}\n`,
	'frontend/package.json': `${JSON.stringify(
		{
			name: 'qsights-frontend',
			version,
			private: true,
			type: 'module',
			scripts: {build: 'node scripts/build.mjs', start: 'node scripts/start.mjs'},
			dependencies: {},
		},
		undefined,
		2,
	)}\n`,
});

const analyticsController = 'backend/app/Http/Controllers/Api/AnalyticsController.php';
const analyticsPage = 'frontend/app/analytics/page.js';

/** Pages of the frontend that show a title and a line: by path. */
const pages = (shown: Readonly<Record<string, readonly [title: string, text: string]>>): Files =>
	Object.fromEntries(
		Object.entries(shown).map(([path, [title, text]]) => [
			path,
			`import {main} from "${path.startsWith('frontend/app/') ? '../..' : '..'}/lib/html.js";

export default function ${title}() {
	return {title: '${title}', body: main('${title}', '${text}')};
}
`,
		]),
	);

/** The sample project's commits on main, oldest first. */
export const sampleHistory: readonly SampleCommit[] = [
	{
		version: '2.3.0',
		who: ravi,
		date: '2026-01-05T16:20:00+05:30',
		subject: 'Programs, evaluations and reports',
		files: {
			'.gitignore': '.DS_Store\n',
			'frontend/.gitignore': '/node_modules\n/.next\n/.env*.local\n',
			...firstVersion,
			...backendParts,
			...pages({
				'frontend/pages/evaluations.js': ['Evaluations', 'Open evaluations'],
				'frontend/pages/login.js': ['Login', 'Name and password'],
				'frontend/pages/programs.js': ['Programs', 'All programs'],
			}),
			...Object.assign({}, ...entities.map(entityFiles)),
			'backend/routes/api.php': apiRoutes(entities),
			...versions('2.3.0'),
		},
	},
	{
		version: '2.4.0',
		who: asha,
		date: '2026-01-19T12:05:00+05:30',
		subject: 'Show competency trends in analytics',
		files: {
			...withAnalytics,
			...pages({[analyticsPage]: ['Analytics', 'Competency trends']}),
			'backend/routes/api.php': apiRoutes(entities, analytics),
			...versions('2.4.0'),
		},
	},
	{
		version: '2.5.0',
		who: ravi,
		date: '2026-01-28T18:40:00+05:30',
		subject: 'Remind evaluators of open evaluations',
		files: {
			...entityFiles(reminder, 1),
			...withReminders,
			...pages({'frontend/pages/reminders.js': ['Reminders', 'Open evaluations to remind of']}),
			'backend/routes/api.php': apiRoutes([...entities, reminder], analytics),
			...versions('2.5.0'),
		},
	},
	{
		version: '2.5.1',
		who: asha,
		date: '2026-02-06T11:15:00+05:30',
		subject: 'Round averages in trends to one digit',
		files: {
			...withDecimals,
			...pages({[analyticsPage]: ['Analytics', 'Competency trends, to one digit']}),
			[analyticsController]:
				withAnalytics[analyticsController]?.replace('avg(value)', 'round(avg(value), 1)') ?? '',
			...versions('2.5.1'),
		},
	},
];
