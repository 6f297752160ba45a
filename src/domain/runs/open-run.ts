/** What to do about a run that holds a lock, for whoever it stands in the way of. */
export const waysPast = (run: string, environment: string): string =>
	[
		`Wait for it, or take it over with: cockpit resume ${run} --env ${environment}`,
		`Or end it, as long as it has not come to its swap: cockpit resume ${run} --env ${environment} --abandon`,
	].join('\n');
