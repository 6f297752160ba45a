import type {LogEntry, LogKind, LogLevel, LogSource} from '../../../../src/domain/logs/log.ts';
import type {CockpitState, CockpitStore} from '../../../../src/store/create-store.ts';
import {selectLogs} from '../../../../src/store/logs/logs.ts';
import {goToLog} from '../../../../src/store/logs/log-view.ts';
import {roomOf} from '../../../../src/tui/screens/logs/look.ts';
import {historyStages} from '../history/fixtures.ts';

const source = (id: string, title: string, kind: LogKind, path: string, app?: LogSource['app']): LogSource => ({
	id: `production-1/${id}`,
	host: 'production-1',
	kind,
	title,
	path,
	...(app === undefined ? {} : {app}),
});

export const laravel = source(
	'laravel',
	'Laravel',
	'laravel',
	'/var/www/qsights/backend/storage/logs/laravel-*.log',
	'backend',
);
export const nginx = source('nginx-access', 'nginx access', 'nginx-access', '/var/log/nginx/access.log');

export const sources: readonly LogSource[] = [
	laravel,
	source('nginx-error', 'nginx error', 'nginx-error', '/var/log/nginx/error.log'),
	nginx,
	source('pm2-out', 'pm2 out', 'pm2-out', '/home/ubuntu/.pm2/logs/qsights-out.log', 'frontend'),
	source('pm2-error', 'pm2 error', 'pm2-error', '/home/ubuntu/.pm2/logs/qsights-error.log', 'frontend'),
];

/** An entry of the story, at a time of its day in Kolkata. */
export const entry = (
	time: string,
	level: LogLevel,
	text: string,
	{
		trace = [],
		signature,
		masked = 0,
		from = laravel,
	}: {
		readonly trace?: readonly string[];
		readonly signature?: string;
		readonly masked?: number;
		readonly from?: LogSource;
	} = {},
): LogEntry => ({
	source: from.id,
	at: Date.parse(`2026-02-10T${time}+05:30`),
	isTimed: true,
	level,
	text,
	trace,
	masked,
	...(signature === undefined ? {} : {signature}),
});

const trace = [
	'#0 app/Services/MailService.php(88)',
	'#1 app/Jobs/SendReminder.php(52)',
	...Array.from(
		{length: 14},
		(_, index) => `#${index + 2} vendor/laravel/framework/src/Illuminate/Queue/Part${index}.php(${index})`,
	),
];

export const story: readonly LogEntry[] = [
	entry('11:20:10', 'warn', 'Slow query 512 ms: select * from evaluation_triggers', {signature: 'Slow query'}),
	entry('11:36:48', 'info', 'Queue: SendReminder processed in 212 ms'),
	entry('11:36:52', 'info', 'Login: user 2041 from 10.0.3.18'),
	entry('11:36:55', 'debug', 'Cache hit programs:41:summary'),
	entry('11:37:00', 'info', 'Scheduler: reminders:send started'),
	entry('11:37:02', 'error', 'Mail: timeout after 30 s to smtp:587', {trace, signature: 'Mail: timeout', masked: 2}),
	entry('11:37:02', 'warn', 'Queue: SendReminder released, try 2 of 3', {signature: 'Job released'}),
	entry('11:37:30', 'warn', 'Slow query 612 ms: select * from evaluation_triggers', {signature: 'Slow query'}),
	entry('11:37:41', 'info', 'Role change: user 77 now program_admin'),
	entry('11:38:00', 'info', 'Scheduler: reminders:send done, 14 sent'),
	entry('11:38:26', 'warn', 'Redis: timeout 0.5 s, reconnected', {signature: 'Redis timeout', masked: 1}),
	...Array.from({length: 40}, (_, index) =>
		entry(`11:41:${String(index + 10).padStart(2, '0')}`, 'info', `Evaluation ${9915 + index} submitted`),
	),
	...Array.from({length: 30}, (_, index) =>
		entry(
			`11:41:${String(index + 20).padStart(2, '0')}`,
			'info',
			`GET /api/programs/${index} 200 in ${40 + index} ms`,
			{
				from: nginx,
			},
		),
	),
];

export const stageOf =
	(change: (state: CockpitState) => void = () => undefined, entries: readonly LogEntry[] = story) =>
	(): CockpitStore => {
		const store = historyStages['history']?.();
		if (!store) throw new Error('the history has no story');
		const state = store.getState();
		state.show('logs');
		state.offerLogs(sources, [
			{
				log: 'laravel',
				signature: 'Job released',
				level: 'warn',
				firstAt: Date.parse('2026-02-01T00:00:00Z'),
				lastAt: Date.parse('2026-02-09T00:00:00Z'),
				count: 4,
				sample: 'Queue: SendReminder released, try 2 of 3',
			},
		]);
		state.logFileRead(laravel.id, {
			path: '/var/www/qsights/backend/storage/logs/laravel-2026-02-10.log',
			sizeBytes: 8_493_465,
		});
		state.logFileRead('production-1/pm2-error', {problem: 'may not be read by this login'});
		for (const id of ['nginx-error', 'pm2-out']) state.logFileRead(`production-1/${id}`, {sizeBytes: 0});
		state.addLogs(entries);
		change(store.getState());
		return store;
	};

/** What is searched for is found, and the view is paused on it. */
const found = ({searchLogs}: CockpitState, store: () => CockpitState): void => {
	searchLogs('timeout');
	const state = store();
	const [first] = selectLogs(state).matches;
	if (first) state.setLogView(goToLog({...state.logView, rows: 20}, roomOf(state), first.number));
};

const after = (make: () => CockpitStore, change: (store: CockpitStore) => void) => (): CockpitStore => {
	const store = make();
	change(store);
	return store;
};

/** Every state the logs can be seen in, by name. */
export const logStages: Readonly<Record<string, () => CockpitStore>> = {
	logs: stageOf(),
	'logs, paused on a match': after(stageOf(), store => {
		found(store.getState(), store.getState);
		store.getState().addLogs([entry('11:41:59', 'info', 'Login: user 640 from 10.0.3.77')]);
	}),
	'logs, merged': stageOf(({mergeLogs}) => mergeLogs()),
	'logs, at the sources': stageOf(({focusLogPanel}) => focusLogPanel('sources')),
	'logs, searched': stageOf(({typeLogSearch, searchLogs}) => {
		typeLogSearch(true);
		searchLogs('redis');
	}),
	'logs, nothing of the level': stageOf(({chooseLog, limitLogs}) => {
		chooseLog(nginx.id);
		limitLogs('error');
	}),
	'logs, unread': stageOf(({chooseLog}) => chooseLog('production-1/pm2-error')),
	'logs, silent': stageOf(({logsUnread}) =>
		logsUnread({what: 'No answer', why: 'connection timed out', now: '', next: ''}),
	),
	'logs, not known yet': after(stageOf(), store => store.getState().showLogsOf('production')),
	'logs, not to be had': after(stageOf(), store => {
		store.getState().showLogsOf('production');
		store.getState().logsUnread({
			what: 'The logs of production-1 can not be read',
			why: 'connection refused',
			now: 'Nothing was changed.',
			next: 'r asks again.',
		});
	}),
};
