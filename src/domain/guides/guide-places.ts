import {exitCodes, type DeployError} from '../errors.ts';
import {anchorOf} from './anchor.ts';
import type {GuideId} from './guide.ts';

/** A heading of a guide that more is said under than an error has room for. */
export type GuidePlace = {
	readonly guide: GuideId;
	/** As the guide has it, whatever set it is made of. */
	readonly heading: string;
	readonly anchor: string;
};

const place = (guide: GuideId, heading: string): GuidePlace => ({guide, heading, anchor: anchorOf(heading)});

/** Headings that errors point to. `makeGuides` gives its sections these names. */
export const guidePlaces = {
	blocked: place('checklist', 'Deployment blocked scenarios'),
	rollback: place('workflow-guide', '4.2 By the cockpit'),
	failures: place('workflow-guide', '5.1 Deployment failures'),
	general: place('workflow-guide', '5.4 General'),
} as const satisfies Readonly<Record<string, GuidePlace>>;

/** By exit code. What a command line alone can mend has no place: the error says all of it. */
const places: Readonly<Record<number, GuidePlace>> = {
	1: guidePlaces.blocked,
	3: guidePlaces.failures,
	4: guidePlaces.rollback,
	5: guidePlaces.general,
	6: guidePlaces.general,
	7: guidePlaces.general,
};

/** Where the guides say more about what ended with an exit code; undefined: nowhere. */
export const guidePlaceAt = (exitCode: number): GuidePlace | undefined => places[exitCode];

/** The same of an error. */
export const guidePlaceOf = ({code}: Pick<DeployError, 'code'>): GuidePlace | undefined =>
	guidePlaceAt(exitCodes[code]);

/** The command that prints it: `cockpit docs --guide workflow-guide --section 51-deployment-failures`. */
export const guideCommand = ({guide, anchor}: GuidePlace): string =>
	`cockpit docs --guide ${guide} --section ${anchor}`;
