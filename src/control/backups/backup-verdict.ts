import type {Verified} from '../../app/backups/backups.ts';

/** What came of reading a backup to its end, for people. */
export const verdictText = ({backup, state, reason, found, notRecorded}: Verified): string => {
	const recorded = notRecorded === undefined ? '' : ` The verdict could not be written down: ${notRecorded}.`;
	switch (state) {
		case 'verified':
			return `${backup.name} is whole: ${(found?.entries ?? 0).toLocaleString('en')} files, read to its end.${recorded}`;
		case 'bad':
			return `${backup.name} is bad: ${reason ?? 'not known why'}.${recorded}`;
		case 'unknown':
			return `${backup.name} could not be judged: ${reason ?? 'not known why'}.`;
	}
};
