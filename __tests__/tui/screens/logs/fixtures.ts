import type {LogState} from '../../../../src/app/logs/host-logs.ts';
import type {FollowedEntry} from '../../../../src/app/logs/new-kinds.ts';
import type {LogKind, LogLevel, LogSource} from '../../../../src/domain/logs/log.ts';
import type {CockpitState, CockpitStore} from '../../../../src/store/create-store.ts';
import {selectLogs} from '../../../../src/store/logs/logs.ts';
import {goToLog} from '../../../../src/store/logs/log-view.ts';
import {roomOf} from '../../../../src/tui/screens/logs/look.ts';
import {historyStages, runId} from '../history/fixtures.ts';

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
		isNew = false,
		from = laravel,
	}: {
		readonly trace?: readonly string[];
		readonly signature?: string;
		readonly masked?: number;
		readonly isNew?: boolean;
		readonly from?: LogSource;
	} = {},
): FollowedEntry => ({
	source: from.id,
	at: Date.parse(`2026-02-10T${time}+05:30`),
	isTimed: true,
	level,
	text,
	trace,
	masked,
	isNew,
	isSinceSwap: time > '11:30',
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

export const story: readonly FollowedEntry[] = [
	entry('11:20:10', 'warn', 'Slow query 512 ms: select * from evaluation_triggers', {signature: 'Slow query'}),
	entry('11:36:48', 'info', 'Queue: SendReminder processed in 212 ms'),
	entry('11:36:52', 'info', 'Login: user 2041 from 10.0.3.18'),
	entry('11:36:55', 'debug', 'Cache hit programs:41:summary'),
	entry('11:37:00', 'info', 'Scheduler: reminders:send started'),
	entry('11:37:02', 'error', 'Mail: timeout after 30 s to smtp:587', {
		trace,
		signature: 'Mail: timeout',
		masked: 2,
		isNew: true,
	}),
	entry('11:37:02', 'warn', 'Queue: SendReminder released, try 2 of 3', {signature: 'Job released'}),
	entry('11:37:30', 'warn', 'Slow query 612 ms: select * from evaluation_triggers', {signature: 'Slow query'}),
	entry('11:37:41', 'info', 'Role change: user 77 now program_admin'),
	entry('11:38:00', 'info', 'Scheduler: reminders:send done, 14 sent'),
	entry('11:38:26', 'warn', 'Redis: timeout 0.5 s, reconnected', {
		signature: 'Redis timeout',
		masked: 1,
		isNew: true,
	}),
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
	(change: (state: CockpitState) => void = () => undefined, entries: readonly FollowedEntry[] = story) =>
	(): CockpitStore => {
		const store = historyStages['history']?.();
		if (!store) throw new Error('the history has no story');
		const state = store.getState();
		state.show('logs');
		state.offerLogs(sources, {
			backend: {run: runId, at: Date.parse('2026-02-10T11:30:00+05:30')},
			frontend: {run: 'r2', at: Date.parse('2026-02-10T11:00:00+05:30')},
		});
		const stands = (id: string, more: Partial<LogState> = {}): LogState => ({
			source: `production-1/${id}`,
			state: 'reading',
			sizeBytes: 0,
			skippedBytes: 0,
			knowsSwap: true,
			...more,
		});
		state.logsStand([
			stands('laravel', {
				file: '/var/www/qsights/backend/storage/logs/laravel-2026-02-10.log',
				sizeBytes: 8_493_465,
			}),
			...['nginx-error', 'nginx-access', 'pm2-out'].map(id => stands(id)),
			stands('pm2-error', {state: 'fault', why: 'may not be read by this login'}),
		]);
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
	'logs, silent': stageOf(({logsStand}) =>
		logsStand([
			{source: laravel.id, state: 'silent', why: 'connection timed out', skippedBytes: 0, knowsSwap: false},
		]),
	),
	'logs, not all read': stageOf(({logsStand}) =>
		logsStand([{source: laravel.id, state: 'reading', skippedBytes: 4_300_000, knowsSwap: true}]),
	),
	'logs, asked': stageOf(({offerLogs}) => offerLogs(sources, {})),
	'logs, none known': stageOf(({offerLogs}) => offerLogs([], {})),
};
