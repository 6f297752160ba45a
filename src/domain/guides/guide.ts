/** The three documents, by what they are for. Source: workflow, "Comprehensive Documentation". */
export const guideIds = ['workflow-guide', 'checklist', 'quick-reference'] as const;

export type GuideId = (typeof guideIds)[number];

/** A piece of text under a heading. Texts are plain: no Markdown, no control characters. */
export type GuideBlock =
	| {readonly kind: 'text'; readonly text: string}
	| {readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly string[]}
	/** Items to tick off. */
	| {readonly kind: 'checks'; readonly items: readonly {readonly text: string; readonly detail?: string}[]}
	/** Each line can be pasted as it is. `on`: whose shell: `here`, or a host by name. */
	| {readonly kind: 'commands'; readonly on: string; readonly lines: readonly string[]}
	| {readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[]}
	/** Kept as it stands, character by character; at most 76 columns. */
	| {readonly kind: 'diagram'; readonly lines: readonly string[]};

export type GuideSection = {
	/** `4.2 Restore a database snapshot`: unique in its guide. */
	readonly heading: string;
	/** 1: a chapter, 2: below it, 3: below that. */
	readonly level: 1 | 2 | 3;
	/** Lower-case words joined by `-`, as Markdown renderers make them of the heading; errors point here. */
	readonly anchor: string;
	readonly blocks: readonly GuideBlock[];
};

export type Guide = {
	readonly id: GuideId;
	/** `Workflow guide`. */
	readonly title: string;
	/** `DEPLOYMENT_WORKFLOW_GUIDE.md`. */
	readonly file: string;
	/** `2.0` of the checklist. */
	readonly version: string;
	/** What it was made of, for people: `made from 7f3a9c2, 10 Feb`. */
	readonly madeFrom: string;
	readonly sections: readonly GuideSection[];
};
