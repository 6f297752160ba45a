import {type Entity, type Files, apiRoutes, entityFiles} from './backend-parts.ts';
import {backendBase} from './backend-base.ts';
import {analyticsPage, frontendBase, packageJson, page} from './frontend-base.ts';

export type SampleCommit = {
	readonly version: string;
	readonly author: {readonly name: string; readonly email: string};
	/** With offset, so that ids come out the same on every machine. */
	readonly date: string;
	readonly subject: string;
	/** Files added or replaced. */
	readonly files: Files;
};

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

const analytics = ['summary', 'evaluator-performance', 'trends'].map(
	name => `Route::get('/analytics/${name}', [Api\\AnalyticsController::class, '${name.replaceAll('-', '_')}']);`,
);

const analyticsController = `<?php

namespace App\\Http\\Controllers\\Api;

use App\\Http\\Controllers\\Controller;

class AnalyticsController extends Controller
{
    public function summary()
    {
        return ['programs' => \\App\\Models\\Program::count()];
    }

    public function evaluator_performance()
    {
        return \\App\\Models\\Evaluation::query()->selectRaw('evaluator_id, count(*) as done')->groupBy('evaluator_id')->get();
    }

    public function trends()
    {
        return \\App\\Models\\Answer::query()->selectRaw('month(created_at) as month, avg(value) as value')->groupBy('month')->get();
    }
}
`;

/** Adds and takes nothing away, so that the version before it goes on working. */
const decimalsMigration = `<?php

use Illuminate\\Database\\Migrations\\Migration;
use Illuminate\\Database\\Schema\\Blueprint;
use Illuminate\\Support\\Facades\\Schema;

class AddDecimalsToReportsTable extends Migration
{
    public function up(): void
    {
        Schema::table('reports', function (Blueprint $table) {
            $table->string('decimals')->nullable();
        });
    }

    public function down(): void
    {
        Schema::table('reports', function (Blueprint $table) {
            $table->dropColumn('decimals');
        });
    }
}
`;

const versions = (version: string): Files => ({
	'backend/VERSION': `${version}\n`,
	'frontend/package.json': packageJson(version),
});

/** The sample project's commits on main, oldest first. */
export const sampleHistory: readonly SampleCommit[] = [
	{
		version: '2.3.0',
		author: ravi,
		date: '2026-01-05T16:20:00+05:30',
		subject: 'Programs, evaluations and reports',
		files: {
			'README.md': '# QSights\n\n`backend/` is Laravel, `frontend/` is Next.js.\n',
			'.gitignore': '.DS_Store\n',
			...backendBase,
			...Object.assign({}, ...entities.map(entityFiles)),
			'backend/routes/api.php': apiRoutes(entities),
			...frontendBase,
			...versions('2.3.0'),
		},
	},
	{
		version: '2.4.0',
		author: asha,
		date: '2026-01-19T12:05:00+05:30',
		subject: 'Show competency trends in analytics',
		files: {
			'backend/app/Http/Controllers/Api/AnalyticsController.php': analyticsController,
			'backend/routes/api.php': apiRoutes(entities, analytics),
			'frontend/app/analytics/page.js': analyticsPage('Competency trends'),
			...versions('2.4.0'),
		},
	},
	{
		version: '2.5.0',
		author: ravi,
		date: '2026-01-28T18:40:00+05:30',
		subject: 'Remind evaluators of open evaluations',
		files: {
			...entityFiles(reminder, 1),
			'backend/resources/views/emails/reminder.blade.php': "<p>{{ __('messages.reminder') }}</p>\n",
			'backend/routes/api.php': apiRoutes([...entities, reminder], analytics),
			'frontend/pages/reminders.js': page('Reminders', 'Open evaluations to remind of'),
			...versions('2.5.0'),
		},
	},
	{
		version: '2.5.1',
		author: asha,
		date: '2026-02-06T11:15:00+05:30',
		subject: 'Round averages in trends to one digit',
		files: {
			'backend/app/Http/Controllers/Api/AnalyticsController.php': analyticsController.replace(
				'avg(value)',
				'round(avg(value), 1)',
			),
			'backend/database/migrations/2026_02_05_093000_add_decimals_to_reports_table.php': decimalsMigration,
			'frontend/app/analytics/page.js': analyticsPage('Competency trends, to one digit'),
			...versions('2.5.1'),
		},
	},
];
