import type {CliContext, Cockpit} from '../cli-context.ts';
import {gatherPage} from './gather-page.ts';
import {renderStatusPage} from './render-page.ts';
import {replaceFile} from './replace-file.ts';

/** Writes the page of all environments, and answers with its absolute path. `everyMs`: how often it is written. */
export const writePage = async (
	{version}: Pick<CliContext, 'version'>,
	cockpit: Cockpit,
	{file, everyMs}: {readonly file: string; readonly everyMs: number},
): Promise<string> => replaceFile(file, renderStatusPage(await gatherPage(cockpit, {everyMs, version})));
