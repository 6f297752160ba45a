import {keepManifest} from '../../commands/adoption/adoption.ts';
import {listTree, parseTreeListing} from '../../commands/tree-listing.ts';
import {isExcluded} from '../../domain/environments/excludes.ts';
import {ownFilesOf} from '../../domain/releases/own-files.ts';
import {renderManifest, type Results, type Step} from '../../domain/runs/pipeline.ts';
import type {ManifestEntry} from '../../domain/ports.ts';
import type {AdoptPlan} from './plan.ts';

const beginsWith = (expression: string): RegExp => new RegExp(`^(${expression})`, 's');

type Listed = {
	/** What a commit or a build once brought: a path in it may be removed by later deploys. */
	readonly brought: readonly ManifestEntry[];
	/** Installed packages and caches. The old scripts made them; what was added to them before nobody can tell. */
	readonly made: readonly ManifestEntry[];
	/** Neither: named as added from the first day, and left behind by the first deploy. */
	readonly unknown: readonly string[];
};

/** What an adopted release holds, each path once. */
const sortOut = ({isKnown, hash, target}: AdoptPlan, listing: string): Listed => {
	const own = ownFilesOf(target);
	const {excludes, shared} = target;
	const [isInstalled, isWritten] = [beginsWith(own.unlisted), beginsWith(own.written)];
	const brought: ManifestEntry[] = [];
	const made: ManifestEntry[] = [];
	const unknown: string[] = [];
	for (const [path, {type, mode, sha256, target: leadsTo}] of parseTreeListing(listing)) {
		const digest = type === 'l' ? hash(leadsTo) : sha256;
		if (digest === undefined || isExcluded(path, [...shared.directories, ...shared.files])) continue;
		const entryMode = type === 'l' ? '120000' : (mode & 0o100) === 0 ? '100644' : '100755';
		const entry: ManifestEntry = {path, mode: entryMode, sha256: digest, sizeBytes: 0};
		if (isKnown(path) && !isExcluded(path, excludes)) brought.push(entry);
		else if (isInstalled.test(path)) made.push(entry);
		else if (!isWritten.test(path) && path !== own.storageLink) unknown.push(path);
	}
	return {brought, made, unknown};
};

/* Anybody who may upload chooses such names. */
const shown = (path: string): string => path.replaceAll(/\p{Cc}/gu, '?');

/** Hashes the adopted release, so that the first deploy already sends only what changed. */
export const baseline = (plan: AdoptPlan): Step => {
	const {owner} = plan.target;
	const {skipped} = ownFilesOf(plan.target);
	const listed = (results: Results): Listed => sortOut(plan, results['baseline'] ?? '');
	return {
		id: 'baseline',
		title: 'Record the baseline',
		touches: 'nothing',
		after: ['exchange'],
		actions: [
			{
				kind: 'read',
				id: 'baseline',
				command: listTree(`${plan.layout.releases}/${plan.release}`, {
					as: owner,
					excludes: skipped === '' ? [] : [skipped],
				}),
			},
			{
				kind: 'send',
				id: 'keep-baseline',
				command: attempt => keepManifest({...plan.state, attempt}, plan.release),
				input: results => renderManifest(listed(results).brought),
			},
			{
				kind: 'send',
				id: 'keep-made',
				command: attempt => keepManifest({...plan.state, attempt}, `${plan.release}.made`),
				input: results => renderManifest(listed(results).made),
			},
		],
		summary: results => {
			const {brought, unknown} = listed(results);
			if (unknown.length === 0) return `${brought.length} files; none that no commit has`;
			const names = `${unknown.slice(0, 3).map(shown).join(', ')}${unknown.length > 3 ? ', ...' : ''}`;
			return `${brought.length} files; ${unknown.length} that no commit has, left behind by the first deploy: ${names}`;
		},
	};
};
