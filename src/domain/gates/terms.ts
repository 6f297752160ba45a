import type {EmergencyProfile, Environment} from '../environments/environment.ts';
import {soakTerms, type SoakTerms} from '../environments/watched.ts';
import type {Calendar} from './window.ts';

/** What has to hold. */
export type GatePolicy = Calendar & {
	readonly soakHours: number;
	/** Absent: hours alone count. */
	readonly soak?: SoakTerms;
	readonly approvals: number;
	/** Whether names are proved; absent: they count as they are given. */
	readonly identity?: Environment['identity'];
	/** The reason of an emergency, when its profile is used. */
	readonly emergency?: string;
};

/** The usual policy of a promotion, or its emergency profile. */
export const policyOf = (
	to: Pick<Environment, 'timeZone' | 'window' | 'holidays' | 'approvals' | 'emergency'> &
		Partial<Pick<Environment, 'identity'>>,
	from: Pick<Environment, 'soakHours' | 'soak'> & Partial<Pick<Environment, 'identity'>>,
	emergency?: {readonly reason: string; readonly profile: EmergencyProfile},
): GatePolicy => {
	const {timeZone, window, holidays} = to;
	const identity = to.identity === 'signed' || from.identity === 'signed' ? 'signed' : 'claimed';
	const calendar = {timeZone, ...(holidays ? {holidays} : {}), soak: soakTerms(from), identity} as const;
	if (emergency) {
		const {profile, reason} = emergency;
		return {
			...calendar,
			...(profile.window ? {window: profile.window} : {}),
			soakHours: profile.soakHours,
			approvals: profile.approvals,
			emergency: reason,
		};
	}
	return {...calendar, ...(window ? {window} : {}), soakHours: from.soakHours, approvals: to.approvals};
};
