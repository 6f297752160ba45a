import {bannerMarks} from '../../domain/deprecation/banner-place.ts';
import {quote} from '../shell.ts';
import warning from './banner.sh';

/** Where the program takes what it tells. */
const place = "\tset -- 'the new way'";

/** What a script begins with that is not to be used any more: its lines, in ASCII as the names of a project are. */
export const renderBanner = ({
	project,
	commands,
}: {
	/** Absent: not known. */
	readonly project?: string;
	/** What is typed instead. */
	readonly commands: readonly string[];
}): readonly string[] => {
	const told = [
		project === undefined
			? 'this script is no longer how to deploy.'
			: `${project} is not deployed by this script.`,
		'Instead:',
		...commands.map(command => `  ${command}`),
		'or cockpit alone, for all of it on screen.',
	];
	const given = told.map((line, index) => `\tset -- ${index === 0 ? '' : '"$@" '}${quote(line)}`);
	const lines = warning.split('\n').flatMap(line => (line === place ? given : [line]));
	return [bannerMarks.first, ...lines, bannerMarks.last];
};
