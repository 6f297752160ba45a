import {exitCodes, type DeployError, type GuideTopic} from '../errors.ts';
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
	signing: place('checklist', 'How an item is signed'),
	values: place('workflow-guide', '3.1 By the cockpit'),
	rollback: place('workflow-guide', '4.2 By the cockpit'),
	cutOff: place('workflow-guide', '4.8 A run is under way or was cut off'),
	failures: place('workflow-guide', '5.1 Deployment failures'),
	general: place('workflow-guide', '5.4 General'),
	adoption: place('workflow-guide', '5.5 A host as the old scripts left it'),
} as const satisfies Readonly<Record<GuideTopic, GuidePlace>>;

/** By exit code. What a command line alone can mend has no place: the error says all of it. */
const places: Readonly<Record<number, GuidePlace>> = {
	1: guidePlaces.blocked,
	3: guidePlaces.failures,
	4: guidePlaces.rollback,
	5: guidePlaces.general,
	6: guidePlaces.cutOff,
	7: guidePlaces.general,
};

/** Where the guides say more about what ended with an exit code; undefined: nowhere. */
export const guidePlaceAt = (exitCode: number): GuidePlace | undefined => places[exitCode];

/** The same of an error, which may be about something narrower than its code. */
export const guidePlaceOf = ({
	code,
	guide,
}: Pick<DeployError, 'code'> & {readonly guide?: GuideTopic | undefined}): GuidePlace | undefined =>
	guide === undefined ? guidePlaceAt(exitCodes[code]) : guidePlaces[guide];

/** The command that prints it: `cockpit docs --guide workflow-guide --section 51-deployment-failures`. */
export const guideCommand = ({guide, anchor}: GuidePlace): string =>
	`cockpit docs --guide ${guide} --section ${anchor}`;
