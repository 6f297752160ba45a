/** One line of the past: minutes before the start of the clock, level, and what it says. */
type Line = readonly [minutesAgo: number, level: 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR', text: string];

const dayMinutes = 24 * 60;

/** Days the log goes back, and those of them of which every line is there. */
const days = 7;
const usualDays = 2;

const exception = (directory: string): string =>
	[
		`Undefined array key "department" {"userId":118,"exception":"[object] (ErrorException(code: 0): Undefined array key \\"department\\" at ${directory}/app/Services/ReportExport.php:88)`,
		'[stacktrace]',
		`#0 ${directory}/app/Services/ReportExport.php(88): Illuminate\\\\Foundation\\\\Bootstrap\\\\HandleExceptions->handleError()`,
		`#1 ${directory}/app/Http/Controllers/Api/ReportController.php(41): App\\\\Services\\\\ReportExport->rows()`,
		'#2 {main}',
		'"} ',
	].join('\n');

/** What happens on every day, again and again: so many minutes apart. */
const usual = (minutes: number): readonly Line[] => [
	...every(minutes, 11, index => [
		'INFO',
		`Login: user ${100 + ((index * 37) % 900)} from 10.0.3.${1 + (index % 90)}`,
	]),
	...every(minutes, 23, index => ['INFO', `Evaluation ${9700 + index} submitted`]),
	...every(minutes, 47, index => ['INFO', `Queue: SendReminder processed in ${180 + ((index * 29) % 90)} ms`]),
	...every(minutes, 61, index => ['DEBUG', `Cache miss analytics:trends:2026-${index % 2 === 0 ? '02' : '01'}`]),
	...every(minutes, 190, index => ['WARNING', slowQuery(index)]),
	...every(minutes, 400, () => ['WARNING', released]),
];

const slowQuery = (index: number): string =>
	`Slow query ${540 + ((index * 61) % 300)} ms: select * from evaluation_triggers`;
const released = 'Queue: SendReminder released, try 2 of 3';

/** What is left of the days before those: a few lines of each. */
const older = (days: number, error: string): readonly Line[] =>
	Array.from({length: days}, (_, index) => {
		const day = (usualDays + index) * dayMinutes;
		return [
			[day + 210, 'WARNING', slowQuery(index)],
			[day + 470, 'WARNING', released],
			[day + 815, 'WARNING', slowQuery(index + 3)],
			[day + 1130, 'ERROR', error],
		] as const;
	}).flat();

const every = (
	minutes: number,
	apart: number,
	say: (index: number) => readonly [level: Line[1], text: string],
): readonly Line[] =>
	Array.from({length: Math.floor(minutes / apart)}, (_, index) => [(index + 1) * apart, ...say(index)] as const);

const stamp = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

/**
 * The log of Laravel as a week has left it when the clock of a host starts, which begins before the last swap of every
 * host: its warnings are long known, and so is its one kind of error. Times are UTC, which is what Laravel writes where
 * nothing else is set.
 */
export const laravelLog = (environment: string, directory: string, startsAt: Date): string => {
	const error = exception(directory);
	const lines: readonly Line[] = [
		...older(days - usualDays, error),
		...usual(usualDays * dayMinutes),
		...[dayMinutes + 305, dayMinutes - 40, 95].map(minutesAgo => [minutesAgo, 'ERROR', error] as const),
	];
	return lines
		.toSorted(([a], [b]) => b - a)
		.map(
			([minutesAgo, level, text]) =>
				`[${stamp(startsAt.getTime() - minutesAgo * 60_000)}] ${environment}.${level}: ${text}\n`,
		)
		.join('');
};
