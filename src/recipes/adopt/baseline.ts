import {keepManifest} from '../../commands/adoption.ts';
import {listTree, parseTreeListing} from '../../commands/tree-listing.ts';
import {renderManifest, type Step} from '../../domain/pipeline.ts';
import type {ManifestEntry} from '../../domain/ports.ts';
import type {AdoptPlan} from './plan.ts';

/**
 * The manifest of what was found, without what no commit ever had: those files may be uploads, and a path that is not
 * in the manifest is never removed by a deploy.
 */
const baselineOf = ({isKnown, hash}: AdoptPlan, listing: string): ManifestEntry[] =>
	[...parseTreeListing(listing)].flatMap(([path, {type, mode, sha256, target}]): ManifestEntry[] => {
		if (!isKnown(path)) return [];
		if (type === 'l') return [{path, mode: '120000', sha256: hash(target), sizeBytes: 0}];
		return sha256 === undefined
			? []
			: [{path, mode: (mode & 0o100) === 0 ? '100644' : '100755', sha256, sizeBytes: 0}];
	});

const unknown = ({isKnown}: AdoptPlan, listing: string): readonly string[] =>
	[...parseTreeListing(listing).keys()].filter(path => !isKnown(path) && !path.startsWith('bootstrap/cache/'));

/* Anybody who may upload chooses such names. */
const shown = (path: string): string => path.replaceAll(/\p{Cc}/gu, '?');

/** Hashes the adopted release, so that the first deploy already sends only what changed. */
export const baseline = (plan: AdoptPlan): Step => {
	const {excludes, shared, owner} = plan.target;
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
					excludes: [...excludes, ...shared.directories, ...shared.files],
				}),
			},
			{
				kind: 'send',
				id: 'keep-baseline',
				command: attempt => keepManifest({...plan.state, attempt}, plan.release),
				input: results => renderManifest(baselineOf(plan, results['baseline'] ?? '')),
			},
		],
		summary: results => {
			const listing = results['baseline'] ?? '';
			const extras = unknown(plan, listing);
			const names =
				extras.length === 0
					? ''
					: `: ${extras.slice(0, 3).map(shown).join(', ')}${extras.length > 3 ? ', ...' : ''}`;
			return `${baselineOf(plan, listing).length} files; ${extras.length} that no commit has stay where they are${names}`;
		},
	};
};
