import type {Command} from '../../domain/command.ts';
import {program} from '../shell.ts';
import ownWords from './own-words.sh';
import {logReading, parseLogsRead, readLogs, type LogRequest, type LogsRead} from './read-logs.ts';

/** Asks an app what it says itself, and its units where one is not active. Changes nothing. */
export const askOwnWords = (requests: readonly LogRequest[], units: readonly string[]): Command => {
	const {text, parameters} = logReading(requests);
	return {
		...readLogs(requests),
		...program('ask what it says itself', [text, ownWords].flat(), [units.join(' '), ...parameters]),
	};
};

export type OwnWords = LogsRead & {
	/** What systemd says of units that are not active, line by line. */
	readonly units: readonly {readonly unit: string; readonly line: string}[];
};

/** Reads the answer of `askOwnWords`. Throws DeployError `answer-unreadable` when it was cut. */
export const parseOwnWords = (text: string, count: number): OwnWords => ({
	...parseLogsRead(text, count),
	units: [...text.matchAll(/^unit (\S+) (.*)$/gm)].map(([, unit = '', line = '']) => ({unit, line})),
});
