/** The anchor that GitHub makes of a heading: `4.2 By the cockpit` is `42-by-the-cockpit`. */
export const anchorOf = (heading: string): string =>
	heading
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
		.replaceAll(' ', '-');
