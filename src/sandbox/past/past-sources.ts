import type {Checklists} from '../../domain/checklist/checklist.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import type {SourcePort} from '../../domain/ports.ts';

/**
 * How the product reads a project. Lent to the sandbox, so that the past it writes speaks of builds and items as the
 * product will know them.
 */
export type PastSources = {
	readonly source: Pick<SourcePort, 'read'>;
	/** `config`: directory that holds `environments/` and `checklists/`. */
	readonly load: (config: string) => Promise<{
		readonly environments: readonly Environment[];
		readonly checklists: Checklists;
	}>;
};
