import {createHash} from 'node:crypto';
import {createZstdCompress} from 'node:zlib';
import {renderCommand} from '../../commands/shell.ts';
import {matches, parseTreeListing, type ListedFile} from '../../commands/tree-listing.ts';
import {stepFailed, type DeployError} from '../../domain/errors.ts';
import {size} from '../../domain/format.ts';
import {parseManifest, renderManifest, type Results, type Transfer} from '../../domain/runs/pipeline.ts';
import type {BuiltTree, ManifestEntry, TarOptions} from '../../domain/ports.ts';
import {compress, type Codec} from './compress.ts';
import {explainExit, explainNoEnd} from '../endings/explain.ts';
import {sanitise} from '../jobs/job-output.ts';
import type {RunContext} from '../run-context.ts';

type Change = {readonly send: readonly ManifestEntry[]; readonly remove: readonly string[]};

const maxRounds = 3;

const hashTarget = (target: string): string => createHash('sha256').update(target).digest('hex');

/** What the live release's manifest says must change; undefined when there is no readable one. */
const changeAgainstManifest = (entries: readonly ManifestEntry[], manifest: string): Change | undefined => {
	const known = manifest === '' ? undefined : parseManifest(manifest);
	if (!known) return undefined;
	const send = entries.filter(({path, mode, sha256}) => {
		const old = known.get(path);
		return old?.mode !== mode || old.sha256 !== sha256;
	});
	const wanted = new Set(entries.map(({path}) => path));
	return {send, remove: [...known.keys()].filter(path => !wanted.has(path))};
};

/** What the candidate itself says must change. What no build ever brought is left alone: this product has put it there. */
const changeAgainstListing = (
	entries: readonly ManifestEntry[],
	listed: ReadonlyMap<string, ListedFile>,
	ours: (path: string) => boolean,
): Change => {
	const wanted = new Set(entries.map(({path}) => path));
	return {
		send: entries.filter(entry => !matches(entry, listed.get(entry.path), hashTarget)),
		remove: [...listed.keys()].filter(path => !wanted.has(path) && ours(path)),
	};
};

/**
 * Brings the candidate to the build. Against the manifest: one stream of what changed; after a cut, what is still
 * missing. Against the listing: asks the candidate and repairs until it is right, so that it ends with proof.
 */
export const runTransfer = async (context: RunContext, transfer: Transfer, results: Results): Promise<string> => {
	const content = await openContent(context, transfer.content);
	const bringing = {transfer, content, ...transfer.known(results)};
	const fromManifest =
		transfer.against === 'manifest' && context.attempt === 1
			? changeAgainstManifest(content.entries, bringing.manifest)
			: undefined;
	let change = fromManifest ?? (await ask(context, bringing));
	const sent = {files: 0, bytes: 0, removed: 0};

	for (let round = 1; change.send.length + change.remove.length > 0 || isFirst(transfer, round); round++) {
		if (round > maxRounds) throw notProven(context, change);
		const current = change;
		let isCut = false;
		await context.persist(async () => {
			const remaining = isCut ? await ask(context, bringing) : current;
			isCut = true;
			await send(context, bringing, remaining);
		});
		sent.files += current.send.length;
		sent.removed += current.remove.length;
		sent.bytes += current.send.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0);
		if (transfer.against === 'manifest') break;
		change = await ask(context, bringing);
	}
	return `${sent.files} sent, ${sent.removed} removed, ${size(sent.bytes)}`;
};

/** Even when nothing changed, the first stream brings the manifest the next deploy compares with. */
const isFirst = ({against}: Transfer, round: number): boolean => against === 'manifest' && round === 1;

/** What a transfer brings, wherever it comes from. */
type OpenContent = {
	readonly entries: readonly ManifestEntry[];
	readonly tar: (options: Pick<TarOptions, 'entries' | 'fileMode' | 'directoryMode'>) => AsyncIterable<Uint8Array>;
	/** Whether a path may be removed that no manifest names, because a build once brought it. */
	readonly isOurs: () => Promise<(path: string) => boolean>;
};

const openContent = async (context: RunContext, content: Transfer['content']): Promise<OpenContent> => {
	const {source, builds, signal, step, emit} = context;
	const directory = content.kind === 'commit' ? content.directory : content.request.directory;
	const everKnown = async (): Promise<(path: string) => boolean> => {
		const known = await source.knownPaths(directory);
		return path => known.has(path) || (content.kind === 'build' && path.startsWith('.next/'));
	};
	if (content.kind === 'commit') {
		const {entries, commit} = content.tree;
		return {entries, isOurs: everKnown, tar: options => source.tar({...options, directory, commit})};
	}
	const {request} = content;
	const tree: BuiltTree =
		(await builds.find(request)) ??
		// Another machine took the run over, or what was built has been altered since: said, and made anew.
		(await builds.build(request, {
			onLines: lines => emit({type: 'step.output', step, command: 'rebuild', lines: lines.map(sanitise)}),
			signal,
		}));
	return {entries: tree.entries, isOurs: everKnown, tar: options => builds.tar(tree, options)};
};

/** A transfer under way; `manifest` of live and `hasZstd` as the host said. */
type Bringing = ReturnType<Transfer['known']> & {readonly transfer: Transfer; readonly content: OpenContent};

const ask = async (context: RunContext, {transfer, content, manifest}: Bringing): Promise<Change> => {
	const {code, stdout, stderr} = await context.persist(() =>
		context.session.exec(renderCommand(transfer.list), {
			lane: 'run',
			signal: context.signal,
			maxOutputBytes: 512 * 1024 * 1024,
		}),
	);
	if (code !== 0) throw explainExit(context, 'listing the candidate', code, stderr);
	const known = parseManifest(manifest);
	const isOurs = known && manifest !== '' ? undefined : await content.isOurs();
	return changeAgainstListing(
		content.entries,
		parseTreeListing(stdout),
		// A driver before may have sent another build of the same commit: what Next makes has other names each time.
		path =>
			known?.has(path) === true ||
			isOurs?.(path) === true ||
			(transfer.content.kind === 'build' && path.startsWith('.next/')),
	);
};

const send = async (context: RunContext, bringing: Bringing, change: Change): Promise<void> => {
	const {session, attempt, step, signal, emit} = context;
	const total = change.send.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0);
	const codec = pickCodec(session.status.rttMs, bringing.hasZstd);
	const input = stream({...bringing, change, codec}, done =>
		emit({type: 'step.progress', step, done: Math.min(done, total), total, unit: 'bytes'}),
	);
	const line = renderCommand(bringing.transfer.receive(attempt));
	const result = await session.exec(line, {lane: 'run', input, signal});
	if (result.code !== 0 || !/^received$/m.test(result.stdout)) throw explainNoEnd(context, 'receiving files', result);
};

/** On a fast link compressing costs more than it saves. Source: docs/benchmarks.md, transfers at 0 and at 50 ms. */
const pickCodec = (rttMs: number | undefined, hasZstd: boolean): Codec => {
	if (rttMs !== undefined && rttMs < 5) return 'none';
	return hasZstd && typeof createZstdCompress === 'function' ? 'zstd' : 'gzip';
};

async function* stream(
	{transfer, content, change, codec}: Bringing & {readonly change: Change; readonly codec: Codec},
	onProgress: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
	const manifest = Buffer.from(renderManifest(content.entries));
	const deletions = Buffer.from(change.remove.map(path => `${path}\0`).join(''));
	yield Buffer.from(`${codec} ${manifest.length} ${deletions.length}\n`);
	yield manifest;
	if (deletions.length > 0) yield deletions;
	const tar = content.tar({
		entries: change.send,
		fileMode: transfer.fileMode,
		directoryMode: transfer.directoryMode,
	});
	yield* compress(counted(tar, onProgress), codec);
}

async function* counted(
	chunks: AsyncIterable<Uint8Array>,
	onProgress: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
	let bytes = 0;
	for await (const chunk of chunks) {
		yield chunk;
		bytes += chunk.length;
		onProgress(bytes);
	}
}

const notProven = ({pipeline}: RunContext, change: Change): DeployError =>
	stepFailed({
		what: `Files on ${pipeline.host.name} (${pipeline.environment.name}) do not stay as sent`,
		why: `after ${maxRounds} tries these still differ: ${change.send
			.slice(0, 5)
			.map(({path}) => path)
			.join(', ')}`,
		now: '',
		next: 'Something else writes into the release being prepared. Find it, then start again.',
	});
