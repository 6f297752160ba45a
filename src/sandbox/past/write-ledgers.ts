import {chmod, mkdir, readFile, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {parseLedgerAnswer, readLedger} from '../../commands/ledger/ledger.ts';
import {releaseLayout} from '../../commands/release-layout.ts';
import {renderCommand} from '../../commands/shell.ts';
import type {HostLayout} from '../host/host-layout.ts';
import {runLine, type HostShell} from '../host/host-shell.ts';
import type {ByTier, SandboxTier} from '../tiers.ts';
import type {Observed} from './findings.ts';
import {pastAppOf, type Past} from './read-past.ts';
import type {StoryRun} from './story.ts';
import {tellPreprod, tellProduction, type LedgerFacts, type LedgerHome} from './tell-ledgers.ts';

/** As the host itself fills in the first line. */
const homeOf = async (shell: HostShell, stateDirectory: string): Promise<LedgerHome> =>
	parseLedgerAnswer(await runLine(shell, renderCommand(readLedger(stateDirectory, undefined)))).home;

/** What a tester of the frontend reads off the page. */
const observedIn = async (past: Past, run: StoryRun): Promise<Observed> => {
	const {target} = pastAppOf(past, 'preprod', 'frontend');
	const file = join(releaseLayout(target).releases, run.release, '.next/BUILD_ID');
	return {
		'build-id': {value: (await readFile(file, 'utf8')).trim()},
		'api-address': {value: new URL(past.environments.preprod.urls.api).host},
	};
};

const write = async ({ledger}: HostLayout, text: string): Promise<void> => {
	await mkdir(dirname(ledger), {recursive: true, mode: 0o700});
	await chmod(dirname(ledger), 0o700);
	await writeFile(ledger, text, {mode: 0o600});
};

/** Writes what the team remembers onto the hosts named, whose releases stand already. */
export const writeLedgers = async (
	past: Past,
	{
		onto,
		layouts,
		shellOf,
	}: {
		readonly onto: readonly SandboxTier[];
		readonly layouts: ByTier<HostLayout>;
		readonly shellOf: (tier: SandboxTier) => HostShell;
	},
): Promise<void> => {
	const factsOf = async (tier: SandboxTier): Promise<LedgerFacts> => ({
		...past,
		home: await homeOf(shellOf(tier), past.environments[tier].stateDirectory),
	});
	if (onto.includes('preprod')) {
		const {live, previous} = pastAppOf(past, 'preprod', 'frontend');
		const observed = {live: await observedIn(past, live.run), previous: await observedIn(past, previous.run)};
		await write(layouts.preprod, tellPreprod(await factsOf('preprod'), observed));
	}
	if (onto.includes('production')) {
		const preprod = await readFile(layouts.preprod.ledger, 'utf8');
		await write(layouts.production, tellProduction(await factsOf('production'), preprod));
	}
};
