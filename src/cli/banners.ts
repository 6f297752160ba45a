import type {Decision} from '../app/gates/gate.ts';
import type {VerificationEvidence} from '../app/gates/verification-evidence.ts';
import type {Environment, Host} from '../domain/environments/environment.ts';
import {paint, type Terminal} from './terminal.ts';

const width = 64;

const box = (terminal: Pick<Terminal, 'hasColour'>, lines: readonly string[]): string =>
	['═'.repeat(width), ...lines.map(line => `  ${line}`), '═'.repeat(width)]
		.map(line => paint(terminal, 'danger', line))
		.join('\n');

/** The first gate of production, word for word. Source: workflow, "Pre-Prod Verification Gate". */
export const verifiedBanner = (
	terminal: Pick<Terminal, 'hasColour'>,
	title: string,
	evidence: readonly VerificationEvidence[],
): string =>
	[
		box(terminal, ['⚠️  PRODUCTION DEPLOYMENT WARNING ⚠️', title]),
		'Has all of this been verified on Pre-Prod, for this very build?',
		...evidence.map(
			({title: text, isProved, text: found, who}) =>
				`  ${isProved ? paint(terminal, 'success', '✓') : paint(terminal, 'attention', '○')} ${text.padEnd(32)} ${found.padEnd(24)} ${paint(terminal, 'muted', who.join(', '))}`,
		),
		'',
	].join('\n');

/** The second gate. Source: workflow, "Production Confirmation Gate". */
export const confirmationBanner = (
	terminal: Pick<Terminal, 'hasColour'>,
	{environment, host}: {readonly environment: Environment; readonly host: Host},
	remarks: readonly string[] = [],
): string =>
	[
		box(terminal, [
			`Server: ${host.address}`,
			'AFFECTS ALL LIVE USERS',
			...(environment.warning === undefined ? [] : [environment.warning]),
			...remarks,
		]),
		'',
	].join('\n');

/** Before a value of production is changed: which one, in which file, on which server. */
export const changeBanner = (
	terminal: Pick<Terminal, 'hasColour'>,
	{
		title,
		key,
		file,
		host,
		environment,
	}: {
		readonly title: string;
		readonly key: string;
		readonly file: string;
		readonly host: Host;
		readonly environment: Environment;
	},
): string =>
	[
		box(terminal, [
			'⚠️  PRODUCTION VALUE ⚠️',
			title,
			`Key:    ${key}`,
			`File:   ${file}`,
			`Server: ${host.address}`,
			'AFFECTS ALL LIVE USERS',
			...(environment.warning === undefined ? [] : [environment.warning]),
		]),
		'',
	].join('\n');

/** What somebody accepts with the digest of a policy. Source: design, "Gates to production". */
export const policyBanner = (
	terminal: Pick<Terminal, 'hasColour'>,
	{weaker, policy}: Pick<Decision, 'weaker' | 'policy'>,
): string =>
	[
		box(terminal, [
			'THIS POLICY IS NOT THAT OF THE LAST RUN',
			...weaker,
			`It is commit ${policy?.commit?.slice(0, 7) ?? 'none'}; who accepts it is recorded.`,
		]),
		'',
	].join('\n');

/** What stands above an error that a gate or a missing file has caused. */
export const blockedBanner = (terminal: Pick<Terminal, 'hasColour'>): string =>
	`${box(terminal, ['DEPLOYMENT BLOCKED'])}\n`;
