import type {AppName} from '../environments/environment.ts';
import type {ProbeAnswer} from '../ports.ts';
import type {LastSwap} from './last-swap.ts';
import type {ProbeFinding} from './probe.ts';
import type {ProbedHost} from './probed-host.ts';
import {servedId} from './served-id.ts';

type Judged = Pick<ProbeFinding, 'state' | 'text'>;

/** What is live and what the ledger says of it change one after the other. */
export const runUnderWay: Judged = {state: 'unclear', text: 'a run is under way'};

/** A release as its commit; whole where two releases are of one. */
const short = (release: string, other: string): string => {
	const commit = (id: string): string => id.slice(id.lastIndexOf('-') + 1);
	return release !== other && commit(release) === commit(other) ? release : commit(release);
};

/** What lies at the live path, against what the ledger says was put there. */
const judgeRelease = (said: ProbedHost, app: AppName, since: LastSwap | undefined): Judged => {
	const live = said.apps[app]?.live;
	if (live === undefined) return {state: 'fail', text: 'nothing is live'};
	if (live === 'directory') return {state: 'unclear', text: 'live is as the old scripts left it'};
	const {release} = live;
	if (since === undefined)
		return {state: 'unclear', text: `live is ${short(release, '')}, what should be is not known`};
	return release === since.release
		? {state: 'pass', text: `${short(release, '')}, as recorded`}
		: {
				state: 'fail',
				text: `live is ${short(release, since.release)}, recorded is ${short(since.release, release)}`,
			};
};

/** How a site answered: its page, and its manifest of the build on disk where the page shows no id. */
export type ServedAnswers = {readonly page: ProbeAnswer; readonly manifest?: ProbeAnswer};

/** Enough of an id to tell builds apart by eye; the whole of it was compared. */
const startOf = (id: string): string => id.slice(0, 6);

/** What the site serves, against what lies on disk: an old process, or a cache before it, serves something else. */
const judgePage = (buildId: string | undefined, {page, manifest}: ServedAnswers): Judged => {
	if ('error' in page.outcome) return {state: 'fail', text: `the page had no answer: ${page.outcome.error}`};
	if (page.outcome.status >= 400) return {state: 'fail', text: `the page answered ${page.outcome.status}`};
	if (buildId === undefined) return {state: 'unclear', text: 'no BUILD_ID on disk'};
	const shown = servedId(page.body);
	if (shown !== undefined)
		return shown === buildId
			? {state: 'pass', text: `BUILD_ID ${startOf(buildId)}`}
			: {state: 'fail', text: `the page is of BUILD_ID ${shown}, on disk is ${buildId}`};
	if (manifest === undefined) return {state: 'unclear', text: 'the page shows no BUILD_ID'};
	if ('error' in manifest.outcome)
		return {state: 'fail', text: `the manifest had no answer: ${manifest.outcome.error}`};
	return manifest.outcome.status === 200
		? {state: 'pass', text: `manifest ${startOf(buildId)}`}
		: {state: 'fail', text: `no manifest of BUILD_ID ${buildId} is served: ${manifest.outcome.status}`};
};

/** The worse of both; where both are well, the release with the build that is served of it. */
const both = (page: Judged, live: Judged): Judged => {
	const judged = [page, live];
	return (
		judged.find(({state}) => state === 'fail') ??
		judged.find(({state}) => state === 'unclear') ?? {
			state: 'pass',
			text: `${live.text.replace(/, as recorded$/, '')}, ${page.text}`,
		}
	);
};

/** Whether what is served of an app is what was deployed last. `site`: answers of the frontend's. */
export const judgeServed = (
	said: ProbedHost,
	app: AppName,
	since: LastSwap | undefined,
	site?: ServedAnswers,
): ProbeFinding => ({
	probe: `${app}.served`,
	title: app === 'backend' ? 'live release' : 'served build',
	kind: 'served',
	app,
	host: said.host,
	...(said.apps[app]?.isLocked
		? runUnderWay
		: site
			? both(judgePage(said.buildId, site), judgeRelease(said, app, since))
			: judgeRelease(said, app, since)),
});
