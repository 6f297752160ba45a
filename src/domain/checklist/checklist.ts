import type {AppName} from '../environments/environment.ts';

/** Which app an item speaks of. Evidence on an item of `both` is void when either app changes. */
export type Scope = AppName | 'both';

/** What a person who answers an item is asked for. */
export type Answer =
	| {readonly kind: 'tick'}
	/** A figure or a few words that were seen. With a limit it is a number, and one beyond it can't pass. */
	| {
			readonly kind: 'value';
			/** What to write down: `median of five loads`. */
			readonly ask: string;
			readonly unit?: string;
			readonly atMost?: number;
			readonly atLeast?: number;
	  }
	| {readonly kind: 'choice'; readonly options: readonly string[]; readonly passing: readonly string[]};

/** One request that proves an item by itself, on the environment that is tested. */
export type HttpProbe = {
	/** Which of the environment's addresses the path is below. */
	readonly on: 'site' | 'api';
	/** Begins with `/`; `/` is the address itself. */
	readonly path: string;
	readonly status: number;
	readonly withinMs?: number;
	/** Text the answer must hold. */
	readonly contains?: string;
};

export type ChecklistItem = {
	/** Stable, unique in the whole set: sign-offs name it. */
	readonly id: string;
	/** One observable, as a statement that is true or not. */
	readonly title: string;
	readonly scope: Scope;
	/** How a newcomer finds out. */
	readonly how: string;
	/** What goes wrong for whom when it is not so. */
	readonly why: string;
	readonly answer: Answer;
	/** Whether it may be called not applicable, with a reason. */
	readonly mayNotApply: boolean;
	readonly probe?: HttpProbe;
	/** Lower-case hex sha256 of what the item says and asks: a sign-off counts only for the text that was signed. */
	readonly digest: string;
};

/** One pause point: at most nine items, one screen at 80x24. */
export type ChecklistSection = {
	readonly id: string;
	readonly title: string;
	/** `do-confirm`: any order, several people. `read-do`: one after the other. */
	readonly mode: 'do-confirm' | 'read-do';
	readonly items: readonly ChecklistItem[];
};

/** When the sections of a file are worked. Only `before-production` is evidence for the gates. */
export const checklistPhases = ['before-production', 'after-production', 'rollback-triggers'] as const;
export type ChecklistPhase = (typeof checklistPhases)[number];

export type ChecklistFile = {
	/** Relative to the configuration directory. */
	readonly file: string;
	readonly title: string;
	readonly phase: ChecklistPhase;
	readonly sections: readonly ChecklistSection[];
};

/** One of the eight things a person vouches for by typing VERIFIED, and the items that prove it. */
export type Verification = {
	readonly title: string;
	/** Ids of items. */
	readonly items: readonly string[];
};

export type Checklists = {
	/** In the order they are worked. */
	readonly files: readonly ChecklistFile[];
	readonly verifications: Readonly<Record<AppName, readonly Verification[]>>;
	/** Lower-case hex sha256 over all of it. */
	readonly digest: string;
};

/** A set without lists: nothing can be proved by it. */
export const noChecklists: Checklists = {files: [], verifications: {backend: [], frontend: []}, digest: ''};

/** Whether evidence on something of this scope is evidence about the app. */
export const covers = (scope: Scope, app: AppName): boolean => scope === 'both' || scope === app;

/** Sections of one phase, in order, with only the items that speak of the app; empty ones are left out. */
export const sectionsFor = (
	{files}: Pick<Checklists, 'files'>,
	phase: ChecklistPhase,
	app?: AppName,
): readonly ChecklistSection[] =>
	files
		.filter(file => file.phase === phase)
		.flatMap(({sections}) => sections)
		.map(section => ({
			...section,
			items: app === undefined ? section.items : section.items.filter(({scope}) => covers(scope, app)),
		}))
		.filter(({items}) => items.length > 0);
