import {loadChecklists} from '../../../src/config/checklists/load-checklists.ts';
import {filesIn} from '../../../src/config/config-files.ts';
import {loadEnvironments} from '../../../src/config/environments/load-environments.ts';
import {makeGuides} from '../../../src/app/guides/make-guides.ts';
import type {GuideSources} from '../../../src/app/guides/guide-facts.ts';
import type {Environment} from '../../../src/domain/environments/environment.ts';
import type {Guide, GuideId} from '../../../src/domain/guides/guide.ts';

/** The set that is shipped: two apps, three environments. */
export const shipped = async (): Promise<GuideSources> => {
	const [{environments}, checklists] = await Promise.all([
		loadEnvironments('.', {home: '/home/ravi'}),
		loadChecklists('.', filesIn('.')),
	]);
	return {environments, checklists};
};

/** The same with everything in it that a set can have and the shipped one leaves out. */
export const richest = async (): Promise<GuideSources> => {
	const {environments, checklists} = await shipped();
	const hook = {id: 'tell-crew', run: ['crew'], where: 'host', timeoutMs: 1, fails: 'go-on', variables: []} as const;
	return {
		checklists,
		environments: environments.map((environment): Environment => {
			const {backend, frontend} = environment.apps;
			if (environment.hosts.length === 0 || !backend || !frontend) return environment;
			return {
				...environment,
				database: {host: environment.database.host, name: `${environment.name}_rows`},
				hosts: environment.hosts.map(host => ({
					...host,
					port: 2222,
					proxyJump: `jump-${environment.name}`,
					knownHostsFile: `/etc/known-${environment.name}`,
				})),
				approvals: 1,
				emergency: {
					soakHours: 3,
					approvals: 2,
					reviewWithinHours: 47,
					window: {days: ['Sun'], from: '06:07', until: '22:23', notBeforeHolidays: false},
				},
				soak: {samples: 'required', unhealthyMs: 660_000},
				logs: [{id: 'audit', title: 'audit', kind: 'plain', app: 'backend', path: '/var/log/audit-of-app.log'}],
				apps: {
					backend: {...backend, beforeMigrate: ['snapshot-now'], hooks: {afterDeploy: [hook]}},
					frontend: {
						...frontend,
						pm2User: 'runner',
						shared: {files: ['.env.production'], directories: ['public/files']},
						hooks: {onFailure: [hook]},
					},
				},
			};
		}),
	};
};

/** 10 Feb 2026, 11:20 in India. */
const at = Date.UTC(2026, 1, 10, 5, 50);

export const guidesOf = (sources: GuideSources): readonly Guide[] =>
	makeGuides({...sources, commit: '7f3a9c2000000000000000000000000000000000', at});

export const guideIn = (sources: GuideSources, id: GuideId): Guide => {
	const found = guidesOf(sources).find(guide => guide.id === id);
	if (!found) throw new TypeError(`no guide ${id}`);
	return found;
};
