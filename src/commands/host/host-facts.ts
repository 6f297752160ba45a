import type {Command} from '../../domain/command.ts';
import type {AppTarget} from '../../domain/environments/environment.ts';
import {answersIn, cutAnswer} from '../answers.ts';
import envKeysText from '../env/env-keys.sh';
import {keysIn} from '../env/env-keys.ts';
import {parseLockHolder, type LockHolder} from '../lock/lock.ts';
import type {ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';
import askEverything from './ask-host.sh';
import answer from './answer.sh';
import fpmTimeout from './fpm-timeout.sh';

type Question = {
	readonly stateDirectory: string;
	readonly app: string;
	readonly layout: ReleaseLayout;
	readonly backups: string;
	readonly target: Pick<AppTarget, 'owner' | 'services' | 'shared'>;
	/** Commands the run will call as root: each must be allowed without a password. */
	readonly asRoot: readonly Command['argv'][];
};

/**
 * Asks a host for everything the pre-flight checks of an app need. Changes nothing. `versions`: name to the command
 * whose first line of output is its version. `more`: constant source text with
 * parameters of its own; it may leave an answer as the file `$scratch/answer-NAME`, also in the background.
 */
export const askForChecks = (
	options: Question & {
		readonly versions: Readonly<Record<string, Command['argv']>>;
		readonly more?: {readonly text: string; readonly parameters: readonly string[]};
	},
): Command => {
	const {target, more = {text: '', parameters: []}} = options;
	return {
		...program(
			'ask the host',
			[envKeysText, askEverything, more.text, answer],
			[
				options.stateDirectory,
				options.app,
				options.layout.live,
				options.layout.base,
				options.backups,
				target.owner,
				...Object.entries(options.versions).map(([name, argv]) => [name, ...argv].join('\n')),
				'--',
				...options.asRoot.map(argv => argv.join('\n')),
				'--',
				...target.shared.directories,
				...target.shared.files,
				'--',
				...more.parameters,
			],
		),
		sudo: [`${target.owner}: true`, `${target.owner}: du`, `${target.owner}: sh`],
	};
};

/** As `askForChecks`, for a Laravel app. */
export const askHostFacts = ({
	php,
	composer,
	...question
}: Question & {readonly php: string; readonly composer: string}): Command =>
	askForChecks({
		...question,
		versions: {php: [php, '-v'], composer: [composer, '--version', '--no-ansi']},
		more: {text: fpmTimeout, parameters: []},
	});

const hereName = 'asked-at';

/** An answer with this machine's clock noted on it, epoch milliseconds, so that both can be compared. */
export const notedAt = (answer: string, now: number): string => `${hereName}\t${Math.floor(now / 1000)}\n${answer}`;

/** Where a run writes: releases, backups, lock and ledger, and what programs put aside. */
export const storagePlaces = ['app', 'backups', 'state', 'tmp'] as const;
export type StoragePlace = (typeof storagePlaces)[number];

const layouts = ['releases', 'directory', 'other', 'empty', 'none'] as const;

/** What a host answered. Sizes in KiB, times in epoch seconds of the host. */
export type HostFacts = {
	readonly time: number;
	/** This machine's clock when it was asked, epoch seconds; NaN where whoever asked did not note it. */
	readonly here?: number;
	readonly machine: string;
	readonly missingTools: readonly string[];
	/** Commands that sudo refuses without a password. */
	readonly denied: readonly string[];
	readonly hasZstd: boolean;
	/** `releases`: adopted. `directory`: as the old scripts left it. `empty`: prepared, nothing live yet. */
	readonly layout: (typeof layouts)[number];
	/** Id of the live release. */
	readonly live: string | undefined;
	readonly liveKib: number;
	/** What belongs to the environment: uploads, `.env`; part of every backup. */
	readonly sharedKib: number;
	/** Shared paths that the live release still holds itself. */
	readonly ownPaths: readonly string[];
	readonly missingEnv: string | undefined;
	/** Names of the values the app is given there; undefined where its `.env` can't be read to its end. */
	readonly envKeys?: readonly string[] | undefined;
	readonly notWritable: string | undefined;
	readonly freeKib: Readonly<Record<StoragePlace, number>>;
	/** Directory that was asked about for each place: it, or the nearest above it that is there. */
	readonly places: Readonly<Record<StoragePlace, string>>;
	/** File system of each place: places on one of them share its free space. */
	readonly device: Readonly<Record<StoragePlace, string>>;
	/** NaN where the file system counts none. */
	readonly freeInodes: Readonly<Record<StoragePlace, number>>;
	readonly killsUserProcesses: boolean;
	readonly stateOnNfs: boolean;
	readonly lock: LockHolder | undefined;
	/** What each program that was asked said, by the name it was asked under; empty when it said nothing. */
	readonly answers: Readonly<Record<string, string>>;
	readonly php: string;
	readonly composer: string;
	/** `ok`, or what sudo said. */
	readonly owner: string;
	/** Manifest of the live release as the host keeps it; empty when there is none. */
	readonly manifest: string;
};

/** Reads the answer of `askHostFacts`. Throws DeployError `answer-unreadable` when it was cut. */
export const parseHostFacts = (text: string): HostFacts => {
	const end = text.indexOf('\nmanifest\n');
	if (end < 0) throw cutAnswer('the host', text);
	const head = text.slice(0, end);
	const {all, one, word, figure, clock} = answersIn(head);
	const places = <Value>(read: (place: StoragePlace) => Value): Record<StoragePlace, Value> => ({
		app: read('app'),
		backups: read('backups'),
		state: read('state'),
		tmp: read('tmp'),
	});
	const answers = Object.fromEntries(
		[...head.matchAll(/^answer-(\S+)\t(.*)$/gm)].map(([, name = '', said = '']) => [name, said]),
	);
	return {
		time: clock('time'),
		here: figure(hereName),
		machine: one('machine') ?? '',
		missingTools: all('missing'),
		denied: all('denied'),
		hasZstd: one('codec') === 'zstd',
		layout: word('layout', layouts) ?? 'none',
		live: one('live'),
		liveKib: figure('live-kib'),
		sharedKib: figure('shared-kib'),
		ownPaths: all('own'),
		missingEnv: one('missing-env'),
		envKeys: keysIn(head),
		notWritable: one('not-writable'),
		freeKib: places(place => figure(`free-${place}`)),
		places: places(place => one(`place-${place}`) ?? ''),
		device: places(place => one(`device-${place}`) ?? ''),
		freeInodes: places(place => figure(`inodes-${place}`)),
		killsUserProcesses: one('kill-user-processes') === 'yes',
		stateOnNfs: one('state-on') === 'nfs',
		lock: parseLockHolder((one('lock') ?? '').replaceAll('\v', '\n')),
		answers,
		php: answers['php'] ?? '',
		composer: answers['composer'] ?? '',
		owner: one('owner') ?? '',
		manifest: text.slice(end + '\nmanifest\n'.length),
	};
};
