import {understand} from '../../commands/answers.ts';
import {lookAtEnv, parseEnvFound} from '../../commands/env/change-env.ts';
import {releaseLayout} from '../../commands/release-layout.ts';
import {isEnvKey, valueRefusal, type EnvChange} from '../../domain/environments/env-edit.ts';
import {primaryHost, type AppName, type AppTarget, type Environment} from '../../domain/environments/environment.ts';
import {blocked, stepFailed, usage} from '../../domain/errors.ts';
import type {Pipeline, RunRecord} from '../../domain/runs/pipeline.ts';
import {recipeOf} from '../../recipes/recipes.ts';
import {changeRefusal, editOf} from '../../recipes/set-env/check-env.ts';
import {planEnvChange, type EnvPlan} from '../../recipes/set-env/plan.ts';
import type {AppServices} from '../app-services.ts';
import {cleanText} from '../clean-text.ts';
import {execOn} from '../exec-on.ts';
import {newRecord, type NamingServices} from '../runs/run-record.ts';
import {sha256} from '../sha256.ts';
import {targetIn} from '../target-of.ts';

/** Which value is changed where. `value` is known to this process alone; undefined: it is taken away, or only planned. */
export type EnvRequest = {
	readonly environment: Environment;
	readonly app: AppName;
	readonly change: EnvChange;
	readonly value: string | undefined;
};

/** What a refused change is called. */
export const refusedChange = ({key, verb}: EnvChange, {name}: Environment): string =>
	verb === 'restore' ? `.env is not put back on ${name}` : `${key} is not changed on ${name}`;

/** Throws DeployError `usage` for what can't be a key, or be set where it is asked for. */
export const requireKey = (key: string): void => {
	if (isEnvKey(key)) return;
	throw usage({
		what: `${JSON.stringify(cleanText(key.split('=')[0] ?? ''))} is no key`,
		why: key.includes('=')
			? 'the value does not stand on the command line, where others can read it'
			: 'a key has letters, digits and _, and does not begin with a digit',
		next: 'cockpit env set MAIL_HOST --env preprod < FILE-WITH-THE-VALUE',
	});
};

/** Throws DeployError `usage`, without a part of the value. */
export const requireValue = ({environment, app, change, value = ''}: EnvRequest, isEmptyMeant: boolean): void => {
	if (value === '' && !isEmptyMeant)
		throw usage({
			what: refusedChange(change, environment),
			why: 'no value came on standard input',
			next: 'If it is to be empty, say so: --empty. To take it away: --remove.',
		});
	requireReadable({environment, change}, value, environment.apps[app]?.recipe);
};

/** Throws DeployError `usage`, without a part of the value, for what `reader` can't read back from a file. */
export const requireReadable = (
	{environment, change}: Pick<EnvRequest, 'environment' | 'change'>,
	value: string,
	reader: AppTarget['recipe'] | undefined,
): void => {
	const why = valueRefusal(value, reader);
	if (why !== undefined)
		throw usage({
			what: refusedChange(change, environment),
			why,
			next: 'Mend the value, then set it again.',
		});
};

/** Refuses where there is no file of a host to change: values are compiled in. Throws DeployError `usage`, `configuration`. */
export const requireFile = ({environment, app, change}: Omit<EnvRequest, 'value'>): void => {
	const target = targetIn(environment, app);
	const isCompiled =
		target.recipe === 'nextjs' && (change.key.startsWith('NEXT_PUBLIC_') || change.key in target.buildEnvironment);
	if (target.shared.files.includes('.env') && !isCompiled) return;
	const compiled = `Change apps.${app}.buildEnvironment in ${environment.file}, commit it, and deploy: cockpit deploy ${app} --env ${environment.name}`;
	throw usage({
		what: refusedChange(change, environment),
		why:
			target.recipe === 'nextjs'
				? `values of the ${app} are compiled into its build`
				: `.env is not among the shared files of the ${app}: each release has its own`,
		next: target.recipe === 'nextjs' ? compiled : `Add .env to apps.${app}.shared.files of ${environment.file}.`,
	});
};

/** The file on a host that is changed: for people. Throws DeployError `configuration`. */
export const envFileOf = (environment: Environment, app: AppName): string =>
	`${releaseLayout(targetIn(environment, app)).shared}/.env`;

/** Settles every value of the run. Connects to nothing by itself. Throws DeployError `usage`, `configuration`. */
export const prepareEnvChange = async (
	services: NamingServices,
	{environment, app, change, value}: EnvRequest,
): Promise<Pipeline> => {
	requireKey(change.key);
	requireFile({environment, app, change});
	const record = await newRecord(services, {environment, app}, {kind: 'set-env', env: change});
	return pipelineOf(planEnvChange({record, environment, value, hash: sha256}));
};

/** The pipeline from its record: for whoever takes it over, who has no value. */
export const envChangeFrom = (record: RunRecord, environment: Environment): Pipeline =>
	pipelineOf(planEnvChange({record, environment, value: undefined, hash: sha256}));

const pipelineOf = (plan: EnvPlan): Pipeline => recipeOf(plan).setEnv(plan);

/** What a run would do to the file: nothing, or an edit of it; `make` where there is none. */
type DueChange = 'nothing' | 'edit' | 'make';

/** Whether there is anything to change. Throws as `dueChange`. */
export const isEnvChangeDue = async (services: Pick<AppServices, 'sessions'>, request: EnvRequest): Promise<boolean> =>
	(await dueChange(services, request)) !== 'nothing';

/**
 * What there is to change, before a run begins. Changes nothing. Throws DeployError `blocked`, `answer-needed`, and as
 * sessions do.
 */
export const dueChange = async (
	services: Pick<AppServices, 'sessions'>,
	{environment, app, change: asks, value}: EnvRequest,
): Promise<DueChange> => {
	// Whether there is a file is only asked now.
	const {create, ...change} = asks;
	const asked = {version: 1, run: 'none', kind: 'set-env', app, environment: environment.name} as const;
	const record = {
		...asked,
		startedAt: new Date(0).toISOString(),
		commit: '',
		digest: '',
		actor: {name: '', machine: ''},
		env: change,
	};
	const plan = planEnvChange({record, environment, value, hash: sha256});
	const answer = await execOn(services, environment, lookAtEnv(plan), {timeoutMs: 60_000});
	const {code, stderr} = answer;
	const host = primaryHost(environment);
	if (code !== 0)
		throw stepFailed({
			what: `The values of the ${app} on ${host.name} (${environment.name}) can't be read`,
			why: cleanText(stderr.trim() || `exit ${code}`),
			now: 'Nothing was changed.',
			next: `Look whether sudo lets ${host.user ?? 'the SSH user'} act as ${plan.target.owner}.`,
		});
	const found = understand(host.name, answer, parseEnvFound);
	const makes = found.kind === 'missing' && create === true;
	const refusal = changeRefusal(found, makes ? {...plan, change: asks} : plan, value);
	if (!refusal) return editOf(found, change, value).kind === 'same' ? 'nothing' : makes ? 'make' : 'edit';
	const error = blocked({
		what: refusedChange(change, environment),
		why: cleanText(refusal.why),
		next: cleanText(refusal.next),
	});
	throw refusal.code === 'answer-needed' ? error.with({code: 'answer-needed'}) : error;
};
