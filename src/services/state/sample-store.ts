import type {DatabaseSync, StatementSync} from 'node:sqlite';
import {join} from 'node:path';
import {forgottenMs, type KnownSignature} from '../../domain/logs/log.ts';
import type {SampleStore} from '../../domain/ports.ts';
import type {ProbeReading} from '../../domain/probes/probe.ts';
import {createMemorySamples} from './memory-samples.ts';
import {isDamage, openSampleFile, removeSampleFile, type SampleFile} from './sample-file.ts';

type Id = {readonly project: string; readonly environment: string};

const dayMs = 86_400_000;

/** How long readings are kept, and up to which age all of them: beyond it the worst of each five minutes. */
const keptMs = 35 * dayMs;
const wholeMs = 2 * dayMs;
const thinTo = 300_000;

/** How long kinds of entries and what was told are known. */
const rememberedMs = 60 * dayMs;

/** What is thinned out at once: more would hold up a screen. */
const thinnedAtOnceMs = 3_600_000;

/** Additions between two times of tidying up. */
const tidyEvery = 60;

/** How long a file that can't be used is left alone. */
const restMs = 30_000;

/** Rounds that the file could not take and is given later: about three hours of them. */
const mostOwed = 1000;

/** The file with its statements, each prepared when first used. */
type Open = SampleFile & {
	readonly ask: (sql: string) => StatementSync;
	readonly scopes: Map<string, number>;
	readonly abouts: Map<string, number>;
};

const statements = (database: DatabaseSync): Open['ask'] => {
	const prepared = new Map<string, StatementSync>();
	return sql => {
		const found = prepared.get(sql) ?? database.prepare(sql);
		prepared.set(sql, found);
		return found;
	};
};

const numberIn = (row: Readonly<Record<string, unknown>> | undefined, name: string): number => Number(row?.[name] ?? 0);

const scopeOf = ({ask, scopes}: Open, {project, environment}: Id): number => {
	const key = JSON.stringify([project, environment]);
	const known = scopes.get(key);
	if (known !== undefined) return known;
	// Asked first: whoever only reads must not need to write.
	const find = () => ask('select id from scopes where project = ? and environment = ?').get(project, environment);
	if (!find()) ask('insert or ignore into scopes (project, environment) values (?, ?)').run(project, environment);
	const id = numberIn(find(), 'id');
	scopes.set(key, id);
	return id;
};

const aboutOf = ({ask, abouts}: Open, reading: ProbeReading): number => {
	const {title, kind, app, host, unit, limit} = reading;
	const key = JSON.stringify({title, kind, app, host, unit, limit});
	const known = abouts.get(key);
	if (known !== undefined) return known;
	ask('insert or ignore into abouts (about) values (?)').run(key);
	const id = numberIn(ask('select id from abouts where about = ?').get(key), 'id');
	abouts.set(key, id);
	return id;
};

/** All of it or nothing. */
const together = <Value>({database, scopes, abouts}: Open, work: () => Value): Value => {
	database.exec('begin immediate');
	try {
		const value = work();
		database.exec('commit');
		return value;
	} catch (error) {
		// Numbers that were given meanwhile are gone with it.
		scopes.clear();
		abouts.clear();
		try {
			database.exec('rollback');
		} catch {
			// SQLite has done so itself.
		}
		throw error;
	}
};

const addReadings = (open: Open, id: Id, readings: readonly ProbeReading[]): void =>
	together(open, () => {
		const scope = scopeOf(open, id);
		const insert = open.ask('insert or ignore into readings values (?, ?, ?, ?, ?, ?, ?, ?, ?)');
		for (const reading of readings) {
			const {at, probe, state, value, count, text, parts} = reading;
			const about = aboutOf(open, reading);
			const all = parts === undefined ? null : JSON.stringify(parts);
			insert.run(scope, at, probe, about, state, value ?? null, count ?? null, text, all);
		}
	});

const json = (text: unknown): object => JSON.parse(typeof text === 'string' ? text : '{}') as object;

const readReadings = (open: Open, id: Id, {from, until, probe}: Parameters<SampleStore['read']>[1]) => {
	const abouts = new Map<unknown, object>();
	const aboutIn = (about: unknown): object => {
		const known =
			abouts.get(about) ?? json(open.ask('select about from abouts where id = ?').get(Number(about))?.['about']);
		abouts.set(about, known);
		return known;
	};
	const readings: ProbeReading[] = [];
	const rows = open.ask(
		`select at, probe, about, state, value, count, text, parts from readings
		 where scope = ? and at >= ? and at < ? and (? is null or probe = ?) order by at, probe`,
	);
	for (const row of rows.all(scopeOf(open, id), from, until, probe ?? null, probe ?? null)) {
		const {at, state, value, count, text, parts} = row;
		const reading = {probe: row['probe'], ...aboutIn(row['about']), at, state, text};
		if (value !== null) Object.assign(reading, {value});
		if (count !== null) Object.assign(reading, {count});
		if (parts !== null) Object.assign(reading, {parts: json(parts)});
		readings.push(reading as unknown as ProbeReading);
	}
	return readings;
};

const addKinds = (open: Open, id: Id, seen: readonly KnownSignature[]): void =>
	together(open, () => {
		const scope = scopeOf(open, id);
		const upsert = open.ask(
			`insert into signatures values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do update set
			 first_at = case when excluded.first_at - last_at > ${forgottenMs} then excluded.first_at
			   else min(first_at, excluded.first_at) end, last_at = max(last_at, excluded.last_at),
			 count = count + excluded.count`,
		);
		for (const {log, signature, level, firstAt, lastAt, count, sample} of seen)
			upsert.run(scope, log, signature, level, firstAt, lastAt, count, sample);
	});

const readKinds = (open: Open, id: Id): readonly KnownSignature[] =>
	open
		.ask(
			`select log, signature, level, first_at as firstAt, last_at as lastAt, count, sample from signatures
			 where scope = ? order by first_at, log, signature`,
		)
		.all(scopeOf(open, id))
		.map(row => ({...row}) as KnownSignature);

/** Leaves the worst reading of each probe in each five minutes; an hour of readings at once. */
const thinOut = ({ask}: Open, scope: number, newest: number): void => {
	const thinned = numberIn(ask('select thinned from scopes where id = ?').get(scope), 'thinned');
	const first = ask('select min(at) as at from readings where scope = ? and at >= ?').get(scope, thinned);
	const from = Math.floor(numberIn(first, 'at') / thinTo) * thinTo;
	const until = Math.min(from + thinnedAtOnceMs, Math.floor((newest - wholeMs) / thinTo) * thinTo);
	if (until <= from) return;
	ask(
		`delete from readings where scope = ?1 and at >= ?2 and at < ?3 and (at, probe) not in (
		   select at, probe from (
		     select at, probe, row_number() over (partition by probe, at / ${thinTo}
		       order by case state when 'fail' then 0 when 'unclear' then 1 else 2 end, at) as place
		     from readings where scope = ?1 and at >= ?2 and at < ?3)
		   where place = 1)`,
	).run(scope, from, until);
	ask('update scopes set thinned = ? where id = ?').run(until, scope);
};

/** Forgets what is old, by the clock of the hosts that it is about. */
const tidy = (open: Open, id: Id): void =>
	together(open, () => {
		const {ask} = open;
		const scope = scopeOf(open, id);
		const newest = numberIn(ask('select max(at) as at from readings where scope = ?').get(scope), 'at');
		ask('delete from readings where scope = ? and at < ?').run(scope, newest - keptMs);
		ask('delete from signatures where scope = ? and last_at < ?').run(scope, newest - rememberedMs);
		thinOut(open, scope, newest);
	});

const tell = (open: Open, id: Id, key: string, now: number): boolean =>
	together(open, () => {
		const scope = scopeOf(open, id);
		open.ask('delete from told where scope = ? and at < ?').run(scope, now - rememberedMs);
		const {changes} = open.ask('insert or ignore into told values (?, ?, ?)').run(scope, key, now);
		return Number(changes) === 0;
	});

/** What is done with the file, and what instead where there is none that can be used so. */
type Use = <Value>(how: 'read' | 'write', work: (open: Open) => Value, instead: () => Value) => Value;

/**
 * Keeps the one open file. It is opened when first asked for, again when somebody removed it, and begun anew when it is
 * damaged. One that is locked, full or can't be written is not written for a while; what it has is read all the same.
 */
const createFile = (path: string): {readonly use: Use; readonly close: () => void} => {
	let open: Open | undefined;
	const restsUntil = {read: 0, write: 0};
	const close = (): void => {
		const closing = open;
		open = undefined;
		try {
			closing?.database.close();
		} catch {
			// It is given up anyway.
		}
	};
	const current = (): Open => {
		if (open?.isThere() === false) close();
		if (open) return open;
		const file = openSampleFile(path);
		open = {...file, ask: statements(file.database), scopes: new Map(), abouts: new Map()};
		return open;
	};
	/** Another process may have begun it anew already. */
	const beginAnew = (): void => {
		const isThere = open?.isThere() ?? true;
		close();
		if (isThere) removeSampleFile(path);
	};
	const use: Use = (how, work, instead) => {
		if (performance.now() < restsUntil[how]) return instead();
		try {
			try {
				return work(current());
			} catch (error) {
				if (!isDamage(error)) throw error;
				beginAnew();
				return work(current());
			}
		} catch {
			restsUntil[how] = performance.now() + restMs;
			return instead();
		}
	};
	return {use, close};
};

/**
 * Samples in `<state home>/cockpit/samples.sqlite`, for as long as they are of use; the file may be deleted at any time.
 * What it can't take is kept in memory, read beside it, and given to it later. Several processes may use it at once. Source: design,
 * "State".
 */
export const createSampleStore = (stateHome: string): SampleStore => {
	const memory = createMemorySamples();
	const {use, close} = createFile(join(stateHome, 'cockpit', 'samples.sqlite'));
	/** What the file could not take so far: other processes of this machine are to know of it, too. */
	let owed: readonly {readonly id: Id; readonly readings: readonly ProbeReading[]}[] = [];
	let additions = 0;
	return {
		add: (id, readings) => {
			use(
				'write',
				open => {
					addReadings(open, id, readings);
					for (const late of owed) addReadings(open, late.id, late.readings);
					owed = [];
				},
				() => {
					memory.add(id, readings);
					owed = [...owed, {id, readings}].slice(-mostOwed);
				},
			);
			if (additions++ % tidyEvery !== 0) return;
			use(
				'write',
				open => tidy(open, id),
				() => undefined,
			);
		},
		read: (id, range) => {
			const here = memory.read(id, range);
			const kept = use(
				'read',
				open => readReadings(open, id, range),
				() => [],
			);
			if (here.length === 0) return kept;
			const known = new Set(kept.map(({at, probe}) => `${at} ${probe}`));
			const missing = here.filter(({at, probe}) => !known.has(`${at} ${probe}`));
			return [...kept, ...missing].sort((a, b) => a.at - b.at);
		},
		signatures: id => [
			...use(
				'read',
				open => readKinds(open, id),
				() => [],
			),
			...memory.signatures(id),
		],
		addSignatures: (id, seen) =>
			use(
				'write',
				open => addKinds(open, id, seen),
				() => memory.addSignatures(id, seen),
			),
		tellOnce: (id, key, now) =>
			use(
				'write',
				open => tell(open, id, key, now),
				() => memory.tellOnce(id, key, now),
			),
		close,
	};
};
