import type {RunEventBody} from '../domain/runs/events.ts';
import type {RunServices} from './run-context.ts';

/** Tells of a lost and regained connection, once each, whatever number of steps noticed. Returns how to stop. */
export const tellOfLink = (
	{session, clock}: RunServices,
	host: string,
	emit: (event: RunEventBody) => void,
): (() => void) => {
	let lostAt: number | undefined;
	return session.subscribe(({state, reason}) => {
		if (state === 'reconnecting' && lostAt === undefined) {
			lostAt = clock.now();
			emit({type: 'link.lost', host, reason: reason ?? 'no answer'});
		}
		if (state === 'ready' && lostAt !== undefined) {
			emit({type: 'link.resumed', host, afterMs: clock.now() - lostAt});
			lostAt = undefined;
		}
	});
};
