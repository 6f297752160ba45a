import type {AppName} from '../../../src/domain/environments/environment.ts';
import type {World} from './world.ts';

/** A pipeline as somebody starts it on pre-prod without a terminal. */
export type Flight = {
	readonly name: string;
	readonly app: AppName;
	/** What has to be so before, undisturbed. */
	readonly prepare: (world: World) => Promise<void>;
	readonly args: (world: World) => Promise<readonly string[]> | readonly string[];
	/** Which release is live when it worked: another one than before, or the same. */
	readonly becomes: 'another' | 'same';
};

const env = ['--env', 'preprod'] as const;
export const words = {
	deploy: ['--confirm', 'yes', '--migrate', 'run'],
	frontend: ['--confirm', 'yes'],
	rollback: ['--confirm', 'ROLLBACK'],
} as const;

export const done = async (world: World, ...args: readonly string[]): Promise<void> => {
	const {code, stdout, stderr} = await world.run('Ravi', ...args);
	if (code !== 0) throw new Error(`cockpit ${args.join(' ')} exited with ${code}:\n${stdout}\n${stderr}`);
};

export const deployArgs = (app: AppName): readonly string[] => [
	'deploy',
	app,
	...env,
	...(app === 'backend' ? words.deploy : words.frontend),
];

const deployNew = async (world: World): Promise<void> => {
	await world.commit();
	await done(world, ...deployArgs(world.app));
};

const deploy = (app: AppName): Flight => ({
	name: `deploy ${app}`,
	app,
	prepare: async world => world.commit(),
	args: () => deployArgs(app),
	becomes: 'another',
});

const toPrevious = (app: AppName): Flight => ({
	name: `rollback ${app} to the release before`,
	app,
	prepare: deployNew,
	args: () => ['rollback', app, ...env, '--to', 'previous', ...words.rollback],
	becomes: 'another',
});

const toBackup = (app: AppName): Flight => ({
	name: `rollback ${app} to an archive`,
	app,
	prepare: deployNew,
	args: async world => {
		const {backups} = await world.truth();
		const name = backups
			.filter(backup => backup.startsWith(`${app}_`))
			.at(-1)
			?.split(' ')[0];
		return ['rollback', app, ...env, '--to', (name ?? '').replace('.tar.gz', ''), ...words.rollback];
	},
	becomes: 'another',
});

const adopt: Flight = {
	name: 'adopt',
	app: 'backend',
	prepare: async world => done(world, 'adopt', ...env, '--undo'),
	args: () => ['adopt', ...env],
	becomes: 'another',
};

const undo: Flight = {
	name: 'adopt --undo',
	app: 'backend',
	prepare: async world => done(world, 'adopt', ...env),
	args: () => ['adopt', ...env, '--undo'],
	becomes: 'another',
};

const setValue: Flight = {
	name: 'env set',
	app: 'backend',
	prepare: async () => undefined,
	args: () => ['env', 'set', 'MAIL_HOST', ...env, '--confirm', 'yes'],
	becomes: 'same',
};

/** Every pipeline there is; hooks, migrations and their maintenance are part of the backend's deploy. */
export const flights: readonly Flight[] = [
	deploy('backend'),
	toPrevious('backend'),
	toBackup('backend'),
	setValue,
	undo,
	adopt,
	deploy('frontend'),
	toPrevious('frontend'),
	toBackup('frontend'),
];
