import {join} from 'node:path';
import {beforeAll, expect, test} from 'vitest';
import {makeGuides} from '../../../../src/app/guides/make-guides.ts';
import {loadChecklists} from '../../../../src/config/checklists/load-checklists.ts';
import {loadEnvironments} from '../../../../src/config/environments/load-environments.ts';
import type {Guide, GuideId} from '../../../../src/domain/guides/guide.ts';
import {glyphsFor} from '../../../../src/tui/kit/glyphs.ts';
import {plain, widthOf} from '../../../../src/tui/kit/rows.ts';
import {brokenCommand} from '../../../../src/tui/screens/guides/broken-command.ts';
import {drawLine} from '../../../../src/tui/screens/guides/draw-line.ts';
import {guideLayout} from '../../../../src/tui/screens/guides/layout-guide.ts';
import {guidesRows} from '../../../../src/tui/screens/guides/screen-rows.ts';
import {atGuides} from './fixtures.ts';

const look = {glyphs: glyphsFor(true), hasColour: true};
const root = join(import.meta.dirname, '../../../..');
let guides: readonly Guide[];

beforeAll(async () => {
	const {environments} = await loadEnvironments(root, {home: '/home/asha'});
	const at = Date.parse('2026-02-10T05:50:00Z');
	guides = makeGuides({environments, checklists: await loadChecklists(root), commit: '7f3a9c2'.padEnd(40, '0'), at});
});

/** What each document had, by the heading it is under now. */
const parts: readonly (readonly [string, GuideId, RegExp])[] = [
	['checklist: workflow diagram', 'checklist', /^Workflow$/],
	['checklist: pre-deployment', 'checklist', /^Pre-deployment: 3 items$/],
	['checklist: phase 1', 'checklist', /^Phase 1/],
	['checklist: requirements of production', 'checklist', /^Requirements$/],
	['checklist: after production', 'checklist', /^After production.*17 items$/],
	['checklist: triggers', 'checklist', /^Immediate triggers$/],
	['checklist: rollback commands', 'checklist', /^Rollback commands$/],
	['checklist: schedule', 'checklist', /^Deployment schedule$/],
	['checklist: URLs', 'checklist', /^Addresses$/],
	['checklist: SSH and SSM', 'checklist', /^SSH and SSM$/],
	['checklist: log paths', 'checklist', /^Log paths$/],
	['checklist: blocked scenarios', 'checklist', /^Deployment blocked scenarios$/],
	['guide: environment overview', 'workflow-guide', /^1 Environment overview$/],
	['guide: deployment workflow', 'workflow-guide', /^2 Deployment workflow$/],
	['guide: environment switching', 'workflow-guide', /^3 Environment switching$/],
	['guide: rollback procedures', 'workflow-guide', /^4 Rollback procedures$/],
	['guide: rollback by hand', 'workflow-guide', /^4\.\d By hand/],
	['guide: database snapshot', 'workflow-guide', /^4\.\d Restore a database snapshot$/],
	['guide: troubleshooting', 'workflow-guide', /^5 Troubleshooting$/],
	['guide: troubleshooting of deployments', 'workflow-guide', /^5\.\d Deployment failures$/],
	['guide: troubleshooting of the backend', 'workflow-guide', /^5\.\d Backend$/],
	['guide: troubleshooting of the frontend', 'workflow-guide', /^5\.\d Frontend$/],
	['guide: troubleshooting in general', 'workflow-guide', /^5\.\d General$/],
	['guide: quick command reference', 'workflow-guide', /^6 Quick command reference$/],
	['guide: related documentation', 'workflow-guide', /^7 Related documentation$/],
	['reference: flow', 'quick-reference', /^Flow$/],
	['reference: commands', 'quick-reference', /^Commands$/],
	['reference: emergency rollback', 'quick-reference', /^Emergency rollback/],
	['reference: health checks', 'quick-reference', /^Health checks$/],
	['reference: URLs', 'quick-reference', /^Addresses$/],
	['reference: SSH access', 'quick-reference', /^Access$/],
	['reference: schedule', 'quick-reference', /^Schedule$/],
	['reference: checklist', 'quick-reference', /^Checklist before a deploy$/],
	['reference: triggers', 'quick-reference', /^Roll back when$/],
	['reference: quick fixes', 'quick-reference', /^Quick fixes$/],
];

test.each(parts)('shipped guides: %s has something in it, and is shown on screen', (_, id, heading) => {
	const guide = guides.find(one => one.id === id);
	const at = guide?.sections.findIndex(section => heading.test(section.heading)) ?? -1;
	const section = guide?.sections[at];
	if (!guide || !section)
		throw new Error(`no ${heading.source} in ${guide?.sections.map(one => one.heading).join(', ')}`);
	const below = guide.sections.slice(at + 1);
	const end = below.findIndex(({level}) => level <= section.level);
	const within = [section, ...(end < 0 ? below : below.slice(0, end))];
	expect(within.flatMap(({blocks}) => blocks).length).toBeGreaterThan(0);

	const store = atGuides([], guides);
	store.getState().showGuideAt(id, section.anchor);
	expect(guidesRows(store.getState(), 78, 21, look).map(plain)).toContainEqual(
		expect.stringContaining(`▌ ${section.heading}`),
	);
});

test('shipped guides: laid out in any width no line is lost beyond it, but for one word of a command', () => {
	for (const guide of guides)
		for (const width of [54, 74, 76, 114]) {
			const wide = guideLayout(guide, width).lines.filter(line => {
				const isOneWord =
					line.kind === 'command' && brokenCommand(line.fragments[0]?.text ?? '', 1).length === 1;
				const cells = widthOf(drawLine(line, {matches: [], current: undefined}, 'none', 999, look));
				// A diagram is as wide as it is, and stands whole where there are 78 cells.
				return cells > (line.kind === 'diagram' ? Math.max(78, width + 4) : width + 4) && !isOneWord;
			});
			const shown = wide.map(line => plain(drawLine(line, {matches: [], current: undefined}, 'none', 999, look)));
			expect(shown, `${guide.id} ${width}`).toEqual([]);
		}
});
