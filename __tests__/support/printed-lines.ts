import {linesBeside, runEvents} from '../../src/cli/events/event-schema.ts';

const schemas = new Map<string, (typeof runEvents | typeof linesBeside)[number]['schema']>(
	[...runEvents, ...linesBeside].map(({type, schema}) => [type, schema]),
);

/** In what a line of `--json` differs from what docs/events.md says of its type; nothing for types of other commands. */
export const problemsOfLine = (line: Readonly<Record<string, unknown>>): readonly string[] => {
	const {type} = line;
	const answer = schemas.get(String(type))?.safeParse(line);
	return (answer?.error?.issues ?? []).map(({path, message}) => `${String(type)} ${path.join('.')}: ${message}`);
};
