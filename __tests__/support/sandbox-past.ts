import {homedir} from 'node:os';
import {loadChecklists} from '../../src/config/checklists/load-checklists.ts';
import {loadEnvironments} from '../../src/config/environments/load-environments.ts';
import type {PastSources} from '../../src/sandbox/past/past-sources.ts';
import {createGitSource} from '../../src/services/local/source/git-source.ts';

/** Reads a project as the cockpit does, so that a sandbox can be given its two weeks of past. */
export const sandboxPast: PastSources = {
	source: createGitSource(),
	load: async config => {
		const [{environments}, checklists] = await Promise.all([
			loadEnvironments(config, {home: homedir()}),
			loadChecklists(config),
		]);
		return {environments, checklists};
	},
};
