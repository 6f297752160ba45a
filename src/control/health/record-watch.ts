import {appendSignOff, requireTrusted} from '../../app/checklist/sign-off.ts';
import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import {selectHealthPlace, healthNow, unaccepted} from '../../store/health/health-places.ts';
import type {WatchAsk} from '../../store/health/health.ts';
import {clockTime} from '../../domain/format.ts';
import {environmentCalled} from '../part.ts';
import {tellUnrecorded} from '../checklist/checklist-context.ts';
import type {WatchSigning} from './sign-watched.ts';

/** What one extension adds. */
const extensionMs = 15 * 60_000;

/** Appends one word about a watch to the ledger of its environment. */
const record = async (
	{services}: WatchSigning,
	environment: Environment,
	type: string,
	data: Readonly<Record<string, unknown>>,
): Promise<void> => {
	const [ledger, actor] = await Promise.all([
		services.ledgers.read(environment),
		services.actorFor(primaryHost(environment)),
	]);
	requireTrusted(environment, ledger);
	await appendSignOff(services, environment, {type, actor, data});
};

/** Lets the watch that is shown go on for longer, counted from its end or, where that is past, from now. */
export const extendShown = async (context: WatchSigning): Promise<void> => {
	const {services, store, environments, wake} = context;
	const place = selectHealthPlace(store.getState());
	if (place?.kind !== 'watch') return;
	const {watch} = place.report;
	const environment = environmentCalled(environments, watch.environment);
	const now = healthNow(place.health, services.clock.now()) ?? place.report.now;
	const until = Math.max(watch.endsAt, now) + extensionMs;
	try {
		await record(context, environment, 'watch.extended', {run: watch.run, app: watch.app, until});
		if (context.ending.aborted) return;
		store.getState().say('success', `The watch goes on until ${clockTime(until, environment.timeZone)}.`);
	} catch (error) {
		tellUnrecorded({...context, environment}, 'The watch is not extended', error);
	} finally {
		wake();
	}
};

/** Records that what is bad about a watch is accepted as it is, and why. */
export const acceptWatched = async (
	context: WatchSigning,
	{report, typed}: Extract<WatchAsk, {kind: 'accept'}>,
): Promise<void> => {
	const {store, environments, wake} = context;
	const {watch} = report;
	const environment = environmentCalled(environments, watch.environment);
	const probes = unaccepted(report);
	try {
		await record(context, environment, 'watch.accepted', {
			run: watch.run,
			app: watch.app,
			probes,
			reason: typed.trim(),
		});
		if (!context.ending.aborted) store.getState().say('success', 'Accepted, with your reason; the watch goes on.');
	} catch (error) {
		tellUnrecorded({...context, environment}, 'Nothing is accepted', error);
	} finally {
		wake();
	}
};
