import {hasSecret, hiddenWords} from '../../app/own-words.ts';
import {acceptWatch, extendWatch} from '../../app/watch/decide-watch.ts';
import {clockTime} from '../../domain/format.ts';
import {selectHealthPlace, unaccepted} from '../../store/health/health-places.ts';
import type {WatchAsk} from '../../store/health/health.ts';
import {tellUnrecorded} from '../checklist/checklist-context.ts';
import {environmentCalled} from '../part.ts';
import type {WatchSigning} from './sign-watched.ts';

/** What one extension adds. */
const extensionMinutes = 15;

/** Lets the watch that is shown go on for longer. */
export const extendShown = async (context: WatchSigning): Promise<void> => {
	const {services, store, environments, wake} = context;
	const place = selectHealthPlace(store.getState());
	if (place?.kind !== 'watch') return;
	const {run, app, environment: name} = place.report.watch;
	const environment = environmentCalled(environments, name);
	try {
		const until = await extendWatch(services, {environment, app, run, minutes: extensionMinutes});
		if (context.ending.aborted) return;
		store.getState().say('success', `The watch goes on until ${clockTime(until, environment.timeZone)}.`);
	} catch (error) {
		tellUnrecorded({...context, environment}, 'The watch is not extended', error);
	} finally {
		wake();
	}
};

/** Records that what was seen to be bad about a watch is accepted as it is, and why. */
export const acceptWatched = async (
	context: WatchSigning,
	{report, typed}: Extract<WatchAsk, {kind: 'accept'}>,
): Promise<void> => {
	const {services, store, environments, wake} = context;
	const {run, app, environment: name} = report.watch;
	const environment = environmentCalled(environments, name);
	try {
		await acceptWatch(services, {environment, app, run, reason: typed.trim(), ids: unaccepted(report)});
		const after = report.watch.ended ? 'the watch ended bad' : 'the watch goes on';
		if (context.ending.aborted) return;
		store.getState().say('success', `Accepted, with your reason; ${after}.`);
		if (hasSecret(services, environment, typed)) store.getState().say('attention', hiddenWords);
	} catch (error) {
		tellUnrecorded({...context, environment}, 'Nothing is accepted', error);
	} finally {
		wake();
	}
};
