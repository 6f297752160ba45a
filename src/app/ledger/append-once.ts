import {alreadySaid, appendLedger} from '../../commands/ledger/ledger.ts';
import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import {stepFailed} from '../../domain/errors.ts';
import type {AppServices} from '../app-services.ts';
import {execOn} from '../exec-on.ts';
import {signedText} from './trusted.ts';

/** An entry that several cockpits may want to write. */
export type SharedEntry = {
	readonly type: string;
	readonly data: Readonly<Record<string, unknown>>;
	/** The same for whoever says the same: one of them writes it. */
	readonly once: string;
	/** Of whoever writes: by it a writer knows its own entry again when only the answer was lost. */
	readonly writer: string;
};

type Services = Pick<AppServices, 'sessions' | 'signatures' | 'actorFor'>;

const said = (line: string): unknown => {
	try {
		return JSON.parse(line);
	} catch {
		return undefined;
	}
};

const isBy = (line: string, writer: string): boolean => {
	const entry = said(line);
	return typeof entry === 'object' && entry !== null && 'writer' in entry && entry.writer === writer;
};

/** Where names count as signed, what can't be signed now is written without: it is no evidence of a person. */
const signatureFor = async (
	{signatures}: Services,
	environment: Environment,
	entry: Pick<SharedEntry, 'type' | 'data'> & {readonly actor: unknown},
): Promise<{readonly signature?: string}> => {
	const {identityFile} = primaryHost(environment);
	if (environment.identity !== 'signed' || identityFile === undefined) return {};
	const signature = await signatures.sign(signedText(entry), identityFile);
	return signature === undefined ? {} : {signature};
};

/**
 * Writes an entry unless somebody has. Resolves with who did; the one who wrote it is the one who tells people. Throws
 * DeployError as `Session.exec`, `step-failed`. Source: design, "State", ledger.
 */
export const appendOnce = async (
	services: Services,
	environment: Environment,
	{type, data, once, writer}: SharedEntry,
	{signal, timeoutMs = 30_000}: {readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number} = {},
): Promise<'written' | 'by-another'> => {
	const host = primaryHost(environment);
	const actor = await services.actorFor(host);
	const signature = await signatureFor(services, environment, {type, actor, data});
	const entry = {type, actor, once, writer, data, ...signature};
	const command = appendLedger(environment.stateDirectory, entry, {
		name: {project: environment.project, environment: environment.name},
	});
	const {code, stdout, stderr} = await execOn(services, environment, command, {signal, timeoutMs, lane: 'poll'});
	if (code === 0) return 'written';
	if (code === alreadySaid) return isBy(stdout.trim(), writer) ? 'written' : 'by-another';
	throw stepFailed({
		what: `Nothing could be recorded on ${environment.title}`,
		why: stderr.trim() || `its ledger can't be written (exit ${code})`,
		now: 'The watch goes on; what it found is told here only.',
		next: `Look at the disk and the rights of ${environment.stateDirectory} on ${host.name}.`,
	});
};
