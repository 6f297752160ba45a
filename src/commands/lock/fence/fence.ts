import type {HostState} from '../../host-state.ts';
import endGroup from '../../end-group.sh';
import requireDriver from './require-driver.sh';
import requireLock from './require-lock.sh';
import endReceiverText from './end-receiver.sh';
import beginReceivingText from './begin-receiving.sh';

/** Which attempt of a run speaks. The token of the lock is a number for the two together: it grows with each holder. */
export type RunAttempt = HostState & {readonly attempt: number};

/**
 * Exit codes of what a run does on a host that mean something other than the failure of the thing itself. `fenced`: the
 * lock is not this attempt's; standard error then names the holder. `sealed`: what it would write to is live, or was.
 */
export const fenceExit = {cannotPrepare: 94, fenced: 97, sealed: 98} as const;

/** Shell functions: see `end-receiver.sh`. */
export const endReceiver = [endGroup, endReceiverText].join('\n');

/** Shell functions: see `begin-receiving.sh`. */
export const beginReceiving = [endReceiver, requireDriver, requireLock, beginReceivingText].join('\n');
