import {z} from 'zod';
import type {PolicyRecord} from '../../domain/gates/policy.ts';
import {jsonSchemaVersion} from '../print-json.ts';

/*
 * What `--json` prints of a run, field by field. docs/events.md is made of it. The events themselves are a type
 * (`domain/runs/events.ts`); a test compares the two, so that neither changes without the other.
 */

const said = (description: string) => z.string().describe(description);
const count = (description: string) => z.number().int().min(0).describe(description);
const milliseconds = (description: string) => z.number().min(0).describe(`${description}, milliseconds`);
const isoTime = (description: string) => z.iso.datetime().describe(`${description}, ISO 8601 UTC`);
const step = said('id of the step; `run.started` has its title');

const app = z.enum(['backend', 'frontend']);

const actor = z.strictObject({
	name: said('who acts'),
	machine: said('host name of their machine'),
	key: z.exactOptional(said('fingerprint of their SSH key, `SHA256:...`')),
});

const promotion = z.strictObject({
	from: said('environment whose evidence it went by'),
	witness: z
		.strictObject({
			environment: said('whose ledger'),
			seq: count('number of the entry'),
			hash: said('of the entry, hex sha256'),
		})
		.nullable()
		.describe('furthest entry of that ledger which was seen'),
	gates: z
		.array(z.strictObject({gate: said('name'), state: said('as it was'), text: said('for people')}))
		.describe('as they were when the words were given'),
	emergency: z.exactOptional(said('reason that was given for going by the emergency profile')),
});

const policy = z.strictObject({
	project: said('project of the environment files'),
	environment: said('environment it is of'),
	commit: z.string().nullable().describe('commit it was read from; null: not committed'),
	digest: said('hex sha256 of what it asks'),
	record: z.custom<PolicyRecord>(value => typeof value === 'object').describe('what it asks; its fields may change'),
	accepted: z.exactOptional(z.array(z.string()).describe('what somebody accepted of it, for people')),
});

const record = z.strictObject({
	version: z.literal(1).describe('of this object'),
	run: said('id of the run'),
	kind: z.enum(['deploy', 'rollback', 'adopt', 'adopt-undo', 'set-env']).describe('what the run does'),
	app: app.describe('what it does it to'),
	environment: said('name of the environment'),
	startedAt: isoTime('when it was begun'),
	commit: said('full commit id; empty where there is none'),
	digest: said('hex sha256 of the sources; empty where there are none'),
	actor: actor.describe('who drives it'),
	target: z.exactOptional(
		z
			.discriminatedUnion('kind', [
				z.strictObject({
					kind: z.literal('snapshot').describe('`snapshot`: still beside live; `backup`: an archive'),
					release: said('id of the release'),
				}),
				z.strictObject({
					kind: z.literal('backup').describe('`snapshot`: still beside live; `backup`: an archive'),
					name: said('of the archive, without `.tar.gz`'),
				}),
			])
			.describe('what a rollback goes back to'),
	),
	env: z.exactOptional(
		z
			.strictObject({
				key: said('name of the value'),
				verb: z.enum(['set', 'remove', 'restore']).describe('what is done'),
				of: z.exactOptional(said('of `restore`: the run whose file is put back')),
				create: z.exactOptional(z.literal(true).describe('the file is made where there is none')),
			})
			.describe('which value is changed; never the value'),
	),
	migrate: z.exactOptional(z.enum(['run', 'skip']).describe('what was settled about pending migrations')),
	policy: z.exactOptional(policy.describe('the policy it goes by')),
	promotion: z.exactOptional(promotion.describe('the evidence it goes by')),
	takenOverBy: z.exactOptional(said('the rollback that ends it, since nothing of it was alive')),
});

const prompt = z.strictObject({
	id: said('of the question'),
	kind: z.enum(['migrations', 'go-back']).describe('what it is about'),
	title: said('the question, for people'),
	facts: z.array(z.string()).describe('what the answer is about, one fact each'),
	sql: z.exactOptional(
		z
			.array(
				z.strictObject({
					migration: said('name of the migration'),
					text: said('statement'),
					isDestructive: z.boolean().describe('whether it may lose data'),
				}),
			)
			.describe('what would be done to the database'),
	),
	choices: z
		.array(
			z.strictObject({id: said('to answer with'), label: said('in a few words'), detail: said('what it does')}),
		)
		.describe('the safe one first'),
	settled: z.exactOptional(said('choice that was settled before; then nobody is asked')),
});

const error = z.strictObject({
	what: said('what failed'),
	why: said('why'),
	now: said('what is live now'),
	next: said('what to do'),
	log: z.exactOptional(said('file with the whole story')),
});

const end = z.strictObject({
	live: z.exactOptional(said('name of the release that is live; none where the host did not say, or none is')),
	is: z
		.enum(['before', 'new', 'other', 'unknown'])
		.describe(
			'what it would have changed: `new` as the run has made it, `before` as the run found it, `other` as somebody else has put it there',
		),
	health: z
		.strictObject({
			state: z.enum(['good', 'bad', 'not-asked']).describe('how it answered as users see it, asked once'),
			answer: said('status code, why there was no answer, or why nobody asked'),
		})
		.describe('of the app'),
	services: z.exactOptional(
		z
			.array(
				z.strictObject({
					name: said('of the service'),
					state: said('in the word of what keeps it running'),
					runs: z.boolean().describe('whether it runs'),
				}),
			)
			.describe('where the run has come to its swap and did not end well'),
	),
});

/** Where an event stands among others: who reads `--json` may go by `type` alone. */
type Note = {
	/** When it is printed. */
	readonly when: string;
	/** Version of `schema` that had it first. */
	readonly since: number;
	/** A run on a good day has none: what has to happen first. */
	readonly rare?: string;
};

const line = <const Type extends string, Shape extends z.ZodRawShape>(type: Type, note: Note, shape: Shape) => ({
	type,
	note,
	fields: shape,
	schema: z.strictObject({
		schema: z.literal(jsonSchemaVersion),
		type: z.literal(type),
		...shape,
	}),
});

const event = <const Type extends string, Shape extends z.ZodRawShape>(type: Type, note: Note, shape: Shape) =>
	line(type, note, {at: z.number().describe('clock of this machine, milliseconds since 1970'), ...shape});

/** Every event of a run, in the order in which a run usually tells them. */
export const runEvents = [
	event(
		'run.started',
		{when: 'first, once what will be done is settled', since: 1},
		{
			record: record.describe('what the run is'),
			title: said('for people'),
			host: said('name of the host'),
			swapStep: said('id of the step in which it becomes live; before that live is untouched'),
			steps: z
				.array(
					z.strictObject({
						id: said('of the step'),
						title: said('for people'),
						touches: z.enum(['nothing', 'backups', 'candidate', 'live']).describe('what it may change'),
						isClosing: z.exactOptional(z.literal(true).describe('a check behind the numbered steps')),
					}),
				)
				.describe('in the order in which people read them'),
		},
	),
	event(
		'run.resumed',
		{when: 'first, when a run is driven on', since: 1, rare: '`cockpit resume`'},
		{
			run: said('id of the run'),
			attempt: count('which drive of it this is, from 2 on'),
		},
	),
	event('step.started', {when: 'a step begins; several may be under way', since: 1}, {step}),
	event(
		'action.announced',
		{when: 'before each thing that is done for a step', since: 1},
		{
			step,
			action: said('id of the action; `--plan` has its command'),
		},
	),
	event(
		'lock.taken',
		{when: 'from here on nobody else can deploy the app', since: 1},
		{
			token: count('grows with each lock of the app'),
		},
	),
	event(
		'step.output',
		{when: 'a command of a step has printed something', since: 1},
		{
			step,
			command: said('which command'),
			lines: z.array(z.string()).describe('without what a terminal would obey'),
		},
	),
	event(
		'step.progress',
		{when: 'now and then while files are sent', since: 1},
		{
			step,
			done: count('bytes so far'),
			total: count('bytes in all'),
			unit: z.literal('bytes').describe('of `done` and `total`'),
		},
	),
	event(
		'prompt.raised',
		{when: 'a question; with `--json` it is settled, or the run ends', since: 1},
		{
			step,
			prompt: prompt.describe('the question'),
		},
	),
	event(
		'prompt.answered',
		{when: 'the answer, whoever gave it', since: 1},
		{
			step,
			prompt: said('id of the question'),
			choice: said('id of the choice'),
			by: z
				.enum(['person', 'settled', 'policy'])
				.describe('a person, what was settled before, or the environment file'),
		},
	),
	event(
		'live.changed',
		{when: 'the swap: from here on a failure is exit code 4', since: 1},
		{
			to: said('path that is live now'),
		},
	),
	event(
		'health.sampled',
		{when: 'each time health is asked', since: 1},
		{
			step,
			durationMs: milliseconds('time to answer'),
			answer: said('status code, or why there was none'),
			waits: z.exactOptional(said('what the run waits for, for people; absent where it is decided')),
		},
	),
	event(
		'step.finished',
		{when: 'a step has ended', since: 1},
		{
			step,
			state: z.enum(['done', 'failed', 'cancelled']).describe('how'),
			durationMs: milliseconds('how long it took'),
			summary: z.exactOptional(said('a few words, for people')),
			sizeBytes: z.exactOptional(count('size of what it made, bytes')),
		},
	),
	event(
		'downtime.measured',
		{when: 'the run is over, and users were looked at meanwhile', since: 1},
		{
			downtimeMs: milliseconds('from the first request that failed to the first good one, all outages together'),
			maintenanceMs: z.exactOptional(
				milliseconds('how long the run itself kept visitors out: no part of downtimeMs'),
			),
			isPart: z.exactOptional(z.literal(true).describe('asked only since the run was driven on')),
			asked: count('requests made'),
			failed: count('of them failed'),
		},
	),
	event(
		'run.noted',
		{
			when: 'something worth telling',
			since: 1,
			rare: 'what stops nothing, such as a ledger that could not be written',
		},
		{
			step,
			text: said('for people'),
		},
	),
	event(
		'link.lost',
		{when: 'the connection is gone; what runs on the host goes on', since: 1, rare: 'a cut connection'},
		{
			host: said('name of the host'),
			reason: said('why'),
		},
	),
	event(
		'link.resumed',
		{when: 'it is back, and is read on from there', since: 1, rare: 'a cut connection'},
		{
			host: said('name of the host'),
			afterMs: milliseconds('how long it was gone'),
		},
	),
	event(
		'going-back.started',
		{when: 'the run goes back to what was live before', since: 1, rare: 'a failure behind the swap'},
		{from: said('path that was live')},
	),
	event(
		'going-back.finished',
		{when: 'it has', since: 1, rare: 'a failure behind the swap'},
		{
			state: z.enum(['done', 'failed']).describe('how'),
			live: z.exactOptional(said('path that is live now, as far as the host said')),
			durationMs: milliseconds('how long it took'),
		},
	),
	event(
		'run.finished',
		{when: 'last of a run', since: 1},
		{
			outcome: z
				.enum(['done', 'failed', 'cancelled', 'left'])
				.describe('`left`: it is open, and `cockpit resume` goes on with it'),
			exitCode: count('what the command ends with, as far as the run decides it'),
			durationMs: milliseconds('how long it took'),
			error: z.exactOptional(error.describe('what went wrong')),
			end: z.exactOptional(
				end.describe('what is so behind the last thing it has done; none where it never had the lock'),
			),
		},
	),
] as const;

/** What the same commands print beside the events of a run. */
export const linesBeside = [
	line(
		'gate',
		{when: '`gate`, and `deploy` before its words where gates were asked', since: 1},
		{
			app: app.describe('what would be deployed'),
			environment: said('where to'),
			verdict: z.enum(['GO', 'HOLD', 'NO-GO']).describe('whether it may go there now'),
			gates: z
				.array(
					z.strictObject({
						gate: z
							.enum(['policy', 'identity', 'checklist', 'probes', 'soak', 'window', 'approvals', 'lock'])
							.describe('its name'),
						state: z
							.enum(['met', 'failed', 'open', 'waiting', 'unknown'])
							.describe('all but `met` are closed'),
						text: said('what is so, for people'),
						clears: z.exactOptional(said('what would open it, for people')),
						opensAt: z.exactOptional(isoTime('when it opens by itself')),
						run: z.exactOptional(said('id of the run that holds the lock')),
						accept: z.exactOptional(said('digest of the policy that `--accept-policy` may take')),
						approvals: z.exactOptional(
							z
								.strictObject({
									asked: count('people other than the deployer'),
									isProved: z
										.boolean()
										.describe('false: names count as they are given, nobody is proved'),
									counted: z.array(z.string()).describe('name of each person that counts'),
									notCounted: z
										.array(z.strictObject({name: said('as signed'), why: said('for people')}))
										.describe('who signed and does not count'),
								})
								.describe('of the gate `approvals`, where some are asked for'),
						),
					}),
				)
				.describe('in their order'),
			nextSlot: z.iso
				.datetime()
				.nullable()
				.describe('when it may go at the earliest, ISO 8601 UTC; null: none in sight'),
			clock: z.exactOptional(
				said(
					'why no time of it is sure: clocks disagree, or one went back; `nextSlot` is null, or by that clock',
				),
			),
			weaker: z.array(z.string()).describe('what the policy asks less than at the last run, for people'),
			emergency: z.exactOptional(
				z
					.strictObject({
						reason: said('that was given'),
						asksLess: z.array(z.string()).describe('what it asks less, for people'),
						reviewBy: z.iso.datetime().nullable().describe('when its review is due, ISO 8601 UTC'),
					})
					.describe('where the emergency profile is gone by'),
			),
			policyDigest: z.exactOptional(said('hex sha256 of the policy; `--accept-policy` takes it')),
			policyCommit: z.exactOptional(
				z.string().nullable().describe('commit it was read from; null: not committed'),
			),
			witness: z.exactOptional(
				z
					.strictObject({
						environment: said('whose ledger'),
						seq: count('number of the entry'),
						hash: said('of the entry, hex sha256'),
					})
					.nullable()
					.describe('furthest entry of the ledger before that was seen'),
			),
			ledgers: z.exactOptional(
				z
					.array(
						z.strictObject({
							environment: said('whose ledger'),
							entries: count('entries it has'),
							seenBy: z
								.array(z.strictObject({who: said('for people'), seq: count('number of the entry')}))
								.describe('who had seen it before, and how far; empty: nothing to compare with'),
						}),
					)
					.describe('what is known of both ledgers from before'),
			),
		},
	),
	line(
		'plan.line',
		{when: '`--plan`: one for each command, and nothing else', since: 1},
		{
			step: said('id of the step, or `abandon`, `close-as-failed`'),
			action: said('id of the action'),
			kind: z
				.enum([
					'read',
					'lock',
					'job',
					'send',
					'transfer',
					'probe',
					'follow',
					'build',
					'prompt',
					'served',
					'hook',
					'keep',
				])
				.describe('of the action'),
			on: z.enum(['host', 'here']).describe('where'),
			line: said('what is executed there'),
			input: z.exactOptional(said('what goes to its standard input')),
			does: z.array(z.string()).describe('what it does, for people'),
			needs: z.array(z.string()).describe('rights it needs on the host, as `user: command`'),
			when: z.exactOptional(said('when it is done, where that depends; for people')),
		},
	),
	line(
		'watch.on',
		{
			when: '`deploy`, `rollback` and `resume` on production, behind a run that is done; first of `watch`',
			since: 1,
		},
		{
			environment: said('where'),
			app: app.describe('what is watched'),
			run: z.exactOptional(said('id of the run; none where it is watched without one')),
			until: isoTime('when the watch ends'),
			at: z.exactOptional(isoTime('of `watch` alone: the clock of the host')),
			release: z.exactOptional(said('of `watch` alone: what is live')),
			commit: z.exactOptional(said('of `watch` alone: its commit')),
		},
	),
	line(
		'database.snapshot',
		{when: '`rollback`, behind a run that is done: one for each that a hook kept since, oldest first', since: 1},
		{
			name: said('of the snapshot'),
			restore: z.exactOptional(said('command that restores it, as its hook has said; never run')),
			run: z.exactOptional(said('id of the run before whose migrations it was made')),
		},
	),
	line(
		'run.closed',
		{when: '`resume` of a run that is over', since: 1},
		{
			run: said('id of the run'),
			environment: said('where'),
			outcome: said('how it ended: `done`, `failed`, `abandoned`'),
			at: z.exactOptional(said('when, server time, ISO 8601 UTC')),
			by: z.exactOptional(said('name of whoever ended it')),
			told: z.exactOptional(said('what the ledger says of it, for people')),
			live: z.exactOptional(said('app and release that are live now')),
		},
	),
	line('adopt.unneeded', {when: '`adopt` where there is nothing to do', since: 1}, {why: said('for people')}),
	line(
		'env.unneeded',
		{when: '`env set` where the value is so already', since: 1},
		{
			key: said('name of the value'),
			app: app.describe('whose'),
			environment: said('where'),
			why: said('for people'),
		},
	),
	line(
		'error',
		{when: 'last, where a command fails; also on standard error, for people', since: 1},
		{
			code: said(
				'one of a closed set, such as `blocked`, `locked`, `unreachable`; `fault`: one of the cockpit itself',
			),
			exitCode: count('what the command ends with'),
			what: z.exactOptional(said('what failed, where; not of a `fault`')),
			why: said('why'),
			now: z.exactOptional(said('what is live now; not of a `fault`')),
			next: z.exactOptional(said('what to do; not of a `fault`')),
			guide: z.exactOptional(
				z
					.strictObject({guide: said('its id'), heading: said('as it reads'), anchor: said('of the heading')})
					.describe('where a guide says more: `cockpit docs --guide ID --section ANCHOR`'),
			),
			log: z.exactOptional(said('file with the whole story')),
		},
	),
] as const;
