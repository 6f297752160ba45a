import {expect, test} from 'vitest';
import {renderScript} from '../../src/commands/job/job.ts';
import {renderCommand} from '../../src/commands/shell.ts';
import type {Command} from '../../src/domain/command.ts';
import type {Environment} from '../../src/domain/environments/environment.ts';
import type {Hook} from '../../src/domain/environments/hooks.ts';
import type {Pipeline} from '../../src/domain/runs/pipeline.ts';
import {wordsOf} from '../support/words.ts';
import {allPipelines, preprod} from './pipelines.ts';

/** What a shell, a pattern, JSON, PM2, tar and sed could each take for something else. */
const evil = String.raw`a b'c"d$(touch pwned);e|f&g>h\i*?[j]` + '`k`\n%s{l}';

const {backend, frontend} = preprod.apps;
if (!backend || !frontend) throw new TypeError('the fixture has both apps');

const hostileTarget = {
	owner: evil,
	excludes: [evil, `**/${evil}`],
	shared: {files: [evil], directories: [`x/${evil}`]},
	services: [
		{unit: `php-fpm ${evil}`, after: 'restart' as const, test: ['nginx', '-t', evil] as const},
		{unit: evil, after: 'reload' as const},
	],
};

const hook: Hook = {id: 'x', run: ['snapshot', evil], where: 'host', timeoutMs: 1000, fails: 'go-on', variables: []};
const hooks: readonly Hook[] = [hook, {...hook, id: 'y', where: 'here'}];

/** Both apps, with such a text wherever a file, a person or an environment may name something. */
const hostile: Environment = {
	...preprod,
	project: evil,
	name: evil,
	title: evil,
	stateDirectory: `state/${evil}`,
	backups: {...preprod.backups, directory: `/backups/${evil}`},
	apps: {
		backend: {
			...backend,
			...hostileTarget,
			path: `/srv/${evil}/backend`,
			php: evil,
			composer: evil,
			hooks: {beforeMigrate: hooks},
		},
		frontend: {
			...frontend,
			...hostileTarget,
			hooks: {afterDeploy: hooks, afterRollback: hooks, onFailure: hooks},
			path: `/srv/${evil}/frontend`,
			pm2Names: [evil, `${evil}2`],
			pm2: evil,
			pm2User: evil,
			npm: evil,
			node: evil,
		},
	},
};
/** The same shape with plain texts, so that the same commands are built. */
const plainly = (value: unknown): unknown =>
	typeof value === 'string'
		? value.replaceAll(evil, 'plain')
		: Array.isArray(value)
			? value.map(plainly)
			: typeof value === 'object' && value !== null
				? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainly(member)]))
				: value;
const plain = plainly(hostile) as Environment;

const pipelines = (environment: Environment, text: string) =>
	allPipelines({environment, record: {run: `run ${text}`, actor: {name: text, machine: text, key: text}}});

/** Every command of a pipeline that reaches a host, by action. */
const commandsOf = ({
	steps,
	abandon,
	closeAsFailed,
	closeAsPutBack,
	proveLive,
	goBack,
	onFailure,
	readLive,
}: Pipeline): readonly (readonly Command[])[] => [
	...[
		...steps.flatMap(({actions}) => actions),
		abandon,
		closeAsFailed,
		...(closeAsPutBack ? [closeAsPutBack] : []),
		...(goBack ? [goBack.job, goBack.close] : []),
		...(onFailure?.({error: evil, live: evil}) ?? []).map(({action}) => action),
	].map(action => {
		switch (action.kind) {
			case 'job':
				return action.commands;
			case 'read':
				return [action.command];
			case 'send':
			case 'lock':
			case 'keep':
				return [action.command(1)];
			case 'hook':
				return action.begin ? [action.begin(1)] : [];
			case 'transfer':
				return [action.transfer.list, action.transfer.receive(1)];
			case 'follow':
			case 'prompt':
			case 'probe':
			case 'served':
			case 'build':
				return [];
		}
	}),
	[readLive, ...(proveLive ? [proveLive] : [])],
];

/** Program texts in the words of a command: what comes behind `sh -c` or `node -e`. */
const programsIn = (argv: readonly string[]): readonly string[] =>
	argv.flatMap((word, index) => (word === '-c' || word === '-e' ? [argv[index + 1] ?? ''] : []));

const pairs = pipelines(hostile, evil).map(({name, pipeline}, index) => {
	const other = pipelines(plain, 'plain')[index]?.pipeline;
	if (!other) throw new Error(`no plain ${name}`);
	return {name, hostile: commandsOf(pipeline), plain: commandsOf(other)};
});

test.each(pairs)('hostile values, $name: none becomes part of a program text', ({hostile, plain}) => {
	const texts = (commands: readonly (readonly Command[])[]): readonly (readonly string[])[] =>
		commands.flat().map(({argv}) => programsIn(argv));

	expect(texts(hostile)).toEqual(texts(plain));
	expect(hostile.flat().some(({argv}) => argv.some(word => word.includes('pwned')))).toBe(true);
});

test.each(pairs)('hostile values, $name: each argument reaches the host as the one word it is', ({hostile}) => {
	for (const command of hostile.flat()) {
		const {argv, as, environment, to} = command;
		const words = [
			...(as === undefined ? [] : ['sudo', '-n', '-u', as, '--']),
			...(environment ? ['env', ...Object.entries(environment).map(([name, value]) => `${name}=${value}`)] : []),
			...argv,
		];

		expect(to).toBeUndefined();
		expect(wordsOf(renderCommand(command)), command.label).toEqual(words);
	}
});

test.each(pairs)(
	'hostile values, $name: a job’s script is its commands, one behind the other, and nothing else',
	({hostile}) => {
		for (const commands of hostile) {
			const script = renderScript(commands);
			const expected = commands.map((command, index) => `mark ${index}\n${renderCommand(command)}`);

			expect(script.split('\n').slice(0, 2)).toEqual(['set -eu', String.raw`mark() { printf '\036%s\n' "$1"; }`]);
			expect(script.split('\n').slice(2).join('\n')).toBe(expected.join('\n'));
		}
	},
);

test.each(['backend', 'frontend'] as const)(
	'hostile values: the script that goes back to the %s without the cockpit sets them as words',
	app => {
		const all = pipelines(hostile, evil).find(({name}) => name === `deploy of the ${app}`)?.pipeline;
		const keep =
			all &&
			commandsOf(all)
				.flat()
				.find(({label}) => label === 'keep the way back');
		const script = keep?.argv.at(-1) ?? '';
		const [, line = ''] = /^(set -- [\s\S]*?)\n# 1 live path/m.exec(script) ?? [];
		const [, pm2 = ''] = /^pm2=([\s\S]*?)\nset -- /m.exec(script) ?? [];

		expect(wordsOf(line)).toEqual([
			'set',
			'--',
			`/srv/${evil}/${app}`,
			`/srv/${evil}/.${app}/next`,
			`.${app}/releases`,
			`state/${evil}/previous-${app}`,
			`/srv/${evil}/.${app}/owner`,
			evil,
			evil,
			app,
			`restart:php-fpm ${evil}`,
			`reload:${evil}`,
		]);
		const names = app === 'backend' ? ['', '', ''] : [evil, evil, `${evil},${evil}2`];
		expect(wordsOf(pm2.replace(' pm2_user=', ' ').replace(' pm2_names=', ' '))).toEqual(names);
	},
);

test('hostile values: what is typed to go back by hand is quoted as well', () => {
	const host = {name: 'web-1', address: '10.0.0.1', user: 'ubuntu', identityFile: `/keys/${evil}`};
	const [{pipeline} = {pipeline: undefined}] = allPipelines({
		environment: {...hostile, name: 'preprod', hosts: [host]},
	});

	expect(wordsOf(pipeline?.wayBack[1] ?? '')).toEqual([
		'ssh',
		'-i',
		`/keys/${evil}`,
		'ubuntu@10.0.0.1',
		'sh',
		`state/${evil}/rollback-backend.sh`,
	]);
});
