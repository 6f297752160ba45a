import type {Checklists} from '../../domain/checklist/checklist.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import {isOpen} from '../../domain/gates/gates.ts';
import {windowAt} from '../../domain/gates/window.ts';
import type {Message} from '../../domain/notify/message.ts';
import type {LedgerEntry} from '../../domain/ledger/ledger.ts';
import {gatesMessage, soakMessage, windowMessage, type Waiting} from '../../domain/notify/promotion-messages.ts';
import {liveRelease, waitingBuild} from '../../domain/releases/live-releases.ts';
import type {AppServices} from '../app-services.ts';
import {appendOnce} from '../ledger/append-once.ts';
import {decideDeploy} from '../gates/gate.ts';
import {promotionsOf} from '../gates/watch-evidence.ts';
import {timeOnHost} from '../time-on-host.ts';

const hourMs = 3_600_000;

/**
 * Tells once that a build has soaked, that a window has opened, and that nothing stands in the way any more. The gates are
 * asked only when they may be open and nobody was told of it: what they ask for is costly to find out.
 */
export const createPromotionTeller = (
	services: AppServices,
	{
		environment,
		environments,
		checklists,
	}: {
		readonly environment: Environment;
		readonly environments: readonly Environment[];
		readonly checklists: Checklists;
	},
) => {
	const {notify: targets = []} = environment;
	const writer = Array.from({length: 4}, () => services.nonce()).join('');
	const told = new Set<string>();
	/** Of several that look, whoever writes it down is the one who tells. Throws DeployError where it can't be written. */
	const say = async (message: Message): Promise<void> => {
		const {event, key, title, app} = message;
		if (targets.some(({on}) => on.some(one => one === event))) {
			const by = await appendOnce(services, environment, {
				type: 'promotion.told',
				once: key,
				writer,
				data: {event, ...(app === undefined ? {} : {app}), text: title},
			});
			if (by === 'written') services.notifier.say(message, targets);
		}
		told.add(key);
	};
	/** By the clock of its host and by its ledger, read again where this process does not look all the time. */
	const readOf = async (one: Environment) => {
		if (one.name !== environment.name) await services.ledgers.read(one);
		return {entries: services.ledgers.remembered(one)?.entries ?? [], now: timeOnHost(services, one)};
	};

	/** Another ledger than that of the environment may be out of reach: what was read of it last is all there is. */
	const entriesOf = async (one: Environment): Promise<readonly LedgerEntry[]> => {
		try {
			return (await readOf(one)).entries;
		} catch (error) {
			if (!(error instanceof DeployError)) throw error;
			return services.ledgers.remembered(one)?.entries ?? [];
		}
	};

	const tellWindow = async (): Promise<void> => {
		const now = timeOnHost(services, environment);
		if (now === undefined || environment.window === undefined) return;
		const state = windowAt(environment, now);
		if (state.isOpen && state.until !== undefined) {
			const key = windowMessage(environment, state.until).key;
			if (told.has(key)) return;
			const promoted = promotionsOf(environments).filter(({to}) => to.name === environment.name);
			const waiting: Waiting[] = [];
			for (const {from, app} of promoted) {
				const found = waitingBuild({from: await entriesOf(from), to: await entriesOf(environment)}, app);
				if (found) waiting.push({app, commit: found.commit, from: from.title});
			}
			if (promoted.length === 0 || waiting.length > 0)
				await say(windowMessage(environment, state.until, waiting));
		}
	};

	const tellOne = async ({from, to, app}: ReturnType<typeof promotionsOf>[number]): Promise<void> => {
		const {entries, now} = await readOf(from);
		const live = liveRelease(entries, app);
		if (!live?.build || now === undefined || now < live.since + from.soakHours * hourMs) return;
		const onItsWay = {app, commit: live.build.commit, seq: live.seq};
		const soaked = from.name === environment.name ? soakMessage(onItsWay, from, to) : undefined;
		const target = to.name === environment.name ? await readOf(to) : undefined;
		const window = target?.now === undefined ? undefined : windowAt(to, target.now);
		const open = window?.isOpen === true ? gatesMessage(onItsWay, from, to, window.until) : undefined;
		const due = [soaked, open].filter(message => message !== undefined && !told.has(message.key));
		if (due.length === 0 || !waitingBuild({from: entries, to: await entriesOf(to)}, app)) return;
		const {report} = await decideDeploy(services, {environments, environment: to, app, checklists});
		const isSoaked = report.gates.some(({gate, state}) => gate === 'soak' && state === 'met');
		if (soaked && isSoaked && !told.has(soaked.key)) await say(soaked);
		if (open && isOpen(report) && !told.has(open.key)) await say(open);
	};

	/** Looks once. What can't be asked now is asked the next time. */
	return async (): Promise<void> => {
		const own = promotionsOf(environments).filter(
			({from, to}) => from.name === environment.name || to.name === environment.name,
		);
		for (const tell of [tellWindow, ...own.map(promotion => () => tellOne(promotion))]) {
			try {
				await tell();
			} catch (error) {
				if (!(error instanceof DeployError)) throw error;
			}
		}
	};
};
