import type {DeployError, ErrorCode} from '../errors.ts';
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

/** What a command line alone can mend has no place: the error says all of it. */
const places: Readonly<Record<ErrorCode, GuidePlace | undefined>> = {
	blocked: guidePlaces.blocked,
	'wrong-word': guidePlaces.blocked,
	usage: undefined,
	configuration: undefined,
	'answer-needed': undefined,
	'step-failed': guidePlaces.failures,
	'failed-after-swap': guidePlaces.rollback,
	'host-key-unknown': guidePlaces.general,
	'host-key-changed': guidePlaces.general,
	'auth-failed': guidePlaces.general,
	'key-file': guidePlaces.general,
	unreachable: guidePlaces.general,
	'link-lost': guidePlaces.general,
	timeout: guidePlaces.failures,
	'remote-signal': guidePlaces.failures,
	'job-lost': guidePlaces.failures,
	locked: guidePlaces.general,
	'taken-over': guidePlaces.general,
	'ledger-conflict': guidePlaces.failures,
	'checked-bad': guidePlaces.general,
	cancelled: undefined,
};

/** Where the guides say more about an error; undefined: nowhere. */
export const guidePlaceOf = ({code}: Pick<DeployError, 'code'>): GuidePlace | undefined => places[code];

/** The command that prints it: `cockpit docs --guide workflow-guide --section 51-deployment-failures`. */
export const guideCommand = ({guide, anchor}: GuidePlace): string =>
	`cockpit docs --guide ${guide} --section ${anchor}`;
