import type {Command} from '../../../domain/command.ts';
import type {ReleaseLayout} from '../../release-layout.ts';
import {program} from '../../shell.ts';
import askMarker from './marker.sh';
import askOwners from './ask-whose.sh';

/** Whose an app's live path is, and where that lies. Source: design, "Hosts: one layout, one transfer". */
export type Claim = {
	readonly project: string;
	readonly environment: string;
	readonly app: string;
	/** Directory of lock and ledger, as configured. */
	readonly stateDirectory: string;
	readonly layout: ReleaseLayout;
};

/** Exit code of what would touch a live path that is not known to be its own. Standard error then says why and what next. */
export const notOwner = 93;

/** What the functions of `askMarker` are called with, in this order. */
export const claimParameters = ({project, environment, app, stateDirectory, layout}: Claim): readonly string[] => [
	layout.live,
	layout.base,
	stateDirectory,
	project,
	environment,
	app,
];

/** Asks whether live paths are one's own, or nobody's yet; exits 93 where one is not. Changes nothing. */
export const askWhose = (claims: readonly Claim[]): Command =>
	program('ask whose the live paths are', [askMarker, askOwners], claims.flatMap(claimParameters));

/** Why, and what next, from what a command that exits 93 has written. Undefined where the code means something else. */
export const parseNotOwner = (output: string): {readonly why: string; readonly next: string} | undefined => {
	const lines = output.split('\n');
	const at = lines.findLastIndex(line => line.startsWith('next: '));
	const why = lines[at - 1];
	return at < 1 || why === undefined || why === '' ? undefined : {why, next: lines[at]?.slice('next: '.length) ?? ''};
};
