import type {AppName} from '../../../src/domain/environments/environment.ts';
import {actors, add, type Draft} from './draft.ts';
import type {Random} from './random.ts';

/** One of the few builds of an app there are: a build comes back after others. */
export const someBuild = (random: Random, app: AppName) => {
	const version = random.whole(1, 4);
	return {commit: `c0ffee${version}`, digest: `${app}-source-${version}`};
};

type Ending = 'finished' | 'failed' | 'went back' | 'abandoned' | 'left';

export const deploy = (draft: Draft, app: AppName, ending: Ending): void => {
	const {random, entries} = draft;
	const run = `run-${entries.length + 1}`;
	const actor = random.pick(actors);
	const data = {run, app, build: someBuild(draft.random, app)};
	add(draft, {type: 'deploy.started', actor, data});
	if (random.chance(0.1)) add(draft, {type: 'deploy.resumed', actor: random.pick(actors), data});
	if (ending === 'left') return;
	if (ending === 'abandoned') {
		add(draft, {type: 'deploy.abandoned', actor, data});
		return;
	}
	const wentBack = ending === 'went back' ? {wentBack: true} : {};
	const release = random.chance(0.99) ? {release: run} : {};
	add(draft, {
		type: ending === 'finished' ? 'deploy.finished' : 'deploy.failed',
		actor,
		data: {...data, ...release, ...wentBack},
	});
};

const releasesOf = ({entries}: Draft, app: AppName): readonly string[] =>
	entries.flatMap(({data}) => (data['app'] === app && typeof data['release'] === 'string' ? [data['release']] : []));

export const rollback = (draft: Draft, app: AppName, ending: 'finished' | 'failed'): void => {
	const {random, entries} = draft;
	const run = `run-${entries.length + 1}`;
	const actor = random.pick(actors);
	const data = {run, app, build: someBuild(draft.random, app), target: {kind: 'snapshot'}};
	add(draft, {type: 'rollback.started', actor, data});
	const release = random.pick(['from-a-backup', ...releasesOf(draft, app)]);
	add(draft, {type: `rollback.${ending}`, actor, data: ending === 'finished' ? {...data, release} : data});
};

export const takeOver = (draft: Draft, app: AppName, type: string): void => {
	const run = `run-${draft.entries.length + 1}`;
	const data = {run, app, build: {commit: '', digest: ''}, ...(type === 'adopt.finished' ? {release: run} : {})};
	add(draft, {type, actor: draft.random.pick(actors), data});
};

const setEnv = (draft: Draft, app: AppName, ending: 'finished' | 'failed' | 'went back' | 'abandoned'): void => {
	const actor = draft.random.pick(actors);
	const data = {run: `run-${draft.entries.length + 1}`, app, build: {commit: '', digest: ''}, key: 'MAIL_HOST'};
	add(draft, {type: 'set-env.started', actor, data});
	add(draft, {
		type: `set-env.${ending === 'went back' ? 'failed' : ending}`,
		actor,
		data: {...data, ...(ending === 'went back' ? {wentBack: true} : {})},
	});
};

export const someRun = (draft: Draft, app: AppName): void => {
	const {random} = draft;
	random.pick([
		() => deploy(draft, app, 'finished'),
		() => deploy(draft, app, 'finished'),
		() => deploy(draft, app, 'finished'),
		() => deploy(draft, app, 'went back'),
		() => deploy(draft, app, 'failed'),
		() => deploy(draft, app, random.pick(['abandoned', 'left'])),
		() => rollback(draft, app, 'finished'),
		() => rollback(draft, app, 'finished'),
		() => rollback(draft, app, 'failed'),
		() =>
			takeOver(
				draft,
				app,
				random.pick(['adopt.finished', 'adopt.failed', 'adopt-undo.finished', 'adopt-undo.failed']),
			),
		() => setEnv(draft, app, 'finished'),
		() => setEnv(draft, app, random.pick(['failed', 'went back', 'abandoned'])),
		() => add(draft, {type: 'ledger.adopted', actor: random.pick(actors), data: {environment: 'preprod'}}),
	])();
};
