import type {AppName, Environment, Tier} from '../environments/environment.ts';

type Place = Pick<Environment, 'name' | 'tier' | 'promotedFrom'> & {readonly apps: readonly AppName[]};

/** What a team without a configuration of its own is told of. */
const usualPlaces: readonly Place[] = [
	{name: 'preprod', tier: 'preprod', apps: ['backend', 'frontend']},
	{name: 'production', tier: 'production', promotedFrom: 'preprod', apps: ['backend', 'frontend']},
];

const placesOf = (environments: readonly Environment[]): readonly Place[] => {
	const places = environments
		.filter(({hosts, apps}) => hosts.length > 0 && Object.values(apps).some(app => app !== undefined))
		.map(environment => ({
			...environment,
			apps: (['backend', 'frontend'] as const).filter(app => environment.apps[app] !== undefined),
		}));
	return places.length > 0 ? places : usualPlaces;
};

/** The words of a file name: `deploy_backend_pre-prod.sh` says deploy, backend, preprod. */
const wordsIn = (name: string): ReadonlySet<string> =>
	new Set(
		name
			.toLowerCase()
			.replaceAll(/pre[^a-z\d]+prod/g, 'preprod')
			.split(/[^a-z\d]+/),
	);

const tierWords: readonly (readonly [Tier, readonly string[]])[] = [
	['preprod', ['preprod', 'preproduction', 'staging', 'stage']],
	['production', ['prod', 'production', 'live']],
];

/** Where a script went by its name: all places, in the order a build takes, when it names none or several kinds. */
const placesMeant = (words: ReadonlySet<string>, places: readonly Place[]): readonly Place[] => {
	const byName = places.filter(({name}) => words.has(name));
	if (byName.length > 0) return byName.length === 1 ? byName : places;
	const tiers = tierWords.filter(([, names]) => names.some(name => words.has(name))).map(([tier]) => tier);
	const byTier = places.filter(({tier}) => tiers.includes(tier));
	return tiers.length === 1 && byTier.length > 0 ? byTier : places;
};

const appsMeantBy = (words: ReadonlySet<string>, apps: readonly AppName[]): readonly AppName[] => {
	const named = apps.filter(app => words.has(app));
	return named.length > 0 ? named : apps;
};

const deployLines = (words: ReadonlySet<string>, {name, apps: has, tier, promotedFrom}: Place): readonly string[] => {
	const apps = appsMeantBy(words, has);
	const isGuarded = tier === 'production' && promotedFrom !== undefined;
	return [
		...(isGuarded ? ['cockpit checklist show', ...apps.map(app => `cockpit gate ${app} --env ${name}`)] : []),
		`cockpit deploy ${apps.length === 1 ? apps.join('') : 'release'} --env ${name}`,
	];
};

const rollbackLines = (words: ReadonlySet<string>, {name, apps}: Place): readonly string[] => [
	`cockpit backups list --env ${name}`,
	...appsMeantBy(words, apps).map(app => `cockpit rollback ${app} --env ${name} --to previous`),
];

/**
 * What is done in place of a script, as far as its name tells: which app, where, and whether it goes back. `environments`:
 * those of the team, in promotion order; empty: none are known. Source: workflow, "Old Script Updates".
 */
export const newWay = (scriptName: string, environments: readonly Environment[]): readonly string[] => {
	const words = wordsIn(scriptName);
	const isBack = ['rollback', 'revert', 'restore'].some(word => words.has(word));
	const linesOf = isBack ? rollbackLines : deployLines;
	return placesMeant(words, placesOf(environments)).flatMap(place => linesOf(words, place));
};
