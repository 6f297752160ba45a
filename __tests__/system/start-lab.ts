import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect} from 'vitest';
import {runCockpit, type Finished} from '../support/cockpit.ts';
import {makeSourceRepository, type SourceRepository} from '../support/real-host/make-source-repository.ts';
import {nodePackages} from '../support/real-host/node-packages.ts';
import {startRealHost, type RealHost, type RealHostOptions} from '../support/real-host/start-real-host.ts';
import {writeConfig} from '../support/real-host/write-config.ts';
import {outputOf} from '../support/run-program.ts';

export type Lab = {
	/** Private directory, HOME of the engineer. */
	readonly home: string;
	/** Both apps at v1, with the environments of the hosts. */
	readonly repository: SourceRepository;
	readonly preprod: RealHost;
	/** Only where `production` was asked for. */
	readonly production: RealHost;
	cockpit(...args: readonly string[]): Promise<Finished>;
	/** The same, and expects exit code 0 and nothing on standard error. */
	done(...args: readonly string[]): Promise<Finished>;
	stop(): Promise<void>;
};

type LabOptions = Pick<RealHostOptions, 'frontend'> & {
	readonly production?: boolean;
	/** Goes over the YAML of each environment. */
	readonly overrides?: Parameters<typeof writeConfig>[2];
};

/** One item for both apps: what production asks for besides identity, health and the lock. */
const writeChecklist = async (directory: string): Promise<void> => {
	await mkdir(join(directory, 'checklists'), {recursive: true});
	await writeFile(
		join(directory, 'checklists/10-approval.yaml'),
		[
			'title: Approval',
			'phase: before-production',
			'sections:',
			'    - id: approval',
			'      title: Approval',
			'      items:',
			'          - id: looked-at',
			'            title: Somebody looked at it',
			'            scope: both',
			'            how: Open the site and the API.',
			'            why: Nobody else does.',
			'',
		].join('\n'),
	);
	// Policy counts as committed only; the next commit takes it along.
	await outputOf(['git', '-C', directory, 'add', '--force', 'checklists']);
};

/** Hosts as the old scripts left them, the sources of what runs there, and an engineer with the built product. */
export const startLab = async (options: LabOptions = {}): Promise<Lab> => {
	const home = await mkdtemp(join(tmpdir(), 'cockpit-system-'));
	const frontend = options.frontend === undefined ? {} : {frontend: options.frontend};
	const preprod = await startRealHost({name: 'preprod-1', ...frontend});
	const production = options.production
		? await startRealHost({name: 'production-1', environment: 'production', ip: '127.0.0.3', ...frontend})
		: undefined;
	const repository = await makeSourceRepository(join(home, 'project'), 'v1');
	await repository.commitFrontend('v1');
	await writeConfig(repository.directory, preprod, options.overrides);
	if (production) {
		await writeChecklist(repository.directory);
		await writeConfig(repository.directory, preprod, {...options.overrides, soakHours: 0});
		await writeConfig(repository.directory, production, {...options.overrides, headless: 'allow'});
	}
	await writeFile(join(home, '.npmrc'), `offline=true\ncache=${join(nodePackages(), 'npm-cache')}\n`);
	const environment = {NEXT_TELEMETRY_DISABLED: '1'};
	const cockpit: Lab['cockpit'] = (...args) => runCockpit(args, {config: repository.directory, home, environment});
	return {
		home,
		repository,
		preprod,
		get production() {
			if (!production) throw new TypeError('this lab has no production');
			return production;
		},
		cockpit,
		done: async (...args) => {
			const finished = await cockpit(...args);
			const {code, stdout, stderr} = finished;
			expect({code, stderr}, `cockpit ${args.join(' ')}\n${stdout}`).toEqual({code: 0, stderr: ''});
			return finished;
		},
		stop: async () => {
			await preprod.stop();
			await production?.stop();
			await rm(home, {recursive: true, force: true});
		},
	};
};
