import type {RunEvent} from '../domain/runs/events.ts';

/** Of this product's own making, and read again by whoever drives the run on. */
const own: readonly RunEvent['type'][] = ['run.started', 'action.announced', 'live.changed', 'prompt.answered'];

/** An event as it may be told and kept, whoever hears of it: without secrets in any word of it. */
export const redactEvent = (event: RunEvent, redact: (text: string) => string): RunEvent => {
	if (own.includes(event.type)) return event;
	if (event.type === 'step.output') return {...event, lines: redact(event.lines.join('\n')).split('\n')};
	return redacted(event, redact) as RunEvent;
};

const redacted = (value: unknown, redact: (text: string) => string): unknown => {
	if (typeof value === 'string') return redact(value);
	if (Array.isArray(value)) return value.map(part => redacted(part, redact));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, redacted(part, redact)]));
};
