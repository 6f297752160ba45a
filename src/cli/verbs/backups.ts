import {
	backupNamed,
	listBackupsOf,
	pin,
	planPrune,
	removeAll,
	verifyAll,
	type Verified,
} from '../../app/backups/backups.ts';
import {parseBackupName, type Backup} from '../../domain/backups/backup.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {exitCodes, usage} from '../../domain/errors.ts';
import {age, size} from '../../domain/format.ts';
import {environmentOption, jsonOption, onlyAppOption, type JsonOption} from '../options.ts';
import {printJson, tell} from '../print-json.ts';
import {inColumns} from '../in-columns.ts';
import {paint, type Terminal} from '../terminal.ts';
import type {Place, RegisterVerb} from '../verb.ts';

export const register: RegisterVerb = (program, {onEnvironment}) => {
	const backups = program.command('backups').description('list, verify, pin and remove backups');
	backups
		.command('list')
		.description('what there is to go back to, newest first')
		.addOption(environmentOption())
		.addOption(onlyAppOption())
		.addOption(jsonOption())
		.action(onEnvironment(list));
	backups
		.command('verify')
		.description('read a backup to its end and write down what was found')
		.argument('[name]', 'with or without .tar.gz')
		.addOption(environmentOption())
		.option('--all', 'every backup, one after the other', false)
		.addOption(onlyAppOption())
		.addOption(jsonOption())
		.action(onEnvironment(verify));
	backups
		.command('pin')
		.description('keep retention from ever removing a backup')
		.argument('<name>', 'with or without .tar.gz')
		.addOption(environmentOption())
		.option('--undo', 'no longer', false)
		.addOption(jsonOption())
		.action(onEnvironment(pinOne));
	backups
		.command('prune')
		.description('remove what is older than the environment keeps')
		.addOption(environmentOption())
		.option('--old-scripts', 'also those the old scripts made', false)
		.option('--plan', 'say what would be removed, and remove nothing', false)
		.addOption(jsonOption())
		.action(onEnvironment(pruneAll));
};

/** `cockpit backups list`: what there is to go back to, newest first. */
const list = async (
	{terminal, services, environment}: Place,
	options: JsonOption & {readonly app?: AppName},
): Promise<number> => {
	const {app} = options;
	const listing = await listBackupsOf(services, environment, app ? {app} : {});
	if (options.json) {
		for (const backup of listing.backups) {
			const isLive = backup.release !== undefined && Object.values(listing.live).includes(backup.release);
			printJson(terminal, {type: 'backup', environment: environment.name, ...backup, isLive});
		}
		return 0;
	}
	const {backups, freeBytes, time} = listing;
	const bytes = backups.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0);
	const free = freeBytes === undefined ? '' : `, ${size(freeBytes)} free`;
	terminal.out(
		`${paint(terminal, environment.tier === 'production' ? 'danger' : 'header', environment.name)}  ${
			backups.length === 0
				? `no backups in ${environment.backups.directory}`
				: `${backups.length} backups, ${size(bytes)}${free}`
		}\n`,
	);
	if (backups.length > 0) printTable(terminal, backups, time * 1000);
	for (const {name, kept = {}} of backups)
		for (const [key, value] of Object.entries(kept)) terminal.out(`  ${name}  ${key}: ${value}\n`);
	return 0;
};

const marks = {verified: '✓', unchecked: '?', pending: '◐', bad: '✗'} as const;

const meanings = {verified: 'success', unchecked: 'muted', pending: 'attention', bad: 'danger'} as const;

const stateOf = (terminal: Terminal, {state, reason, isRestorable, notRestorable, pinned}: Backup): string => {
	const words =
		!isRestorable && state === 'unchecked'
			? paint(terminal, 'danger', `✗ not restorable: ${notRestorable ?? ''}`)
			: paint(
					terminal,
					meanings[state],
					`${marks[state]} ${state === 'verified' || !reason ? state : `${state}: ${reason}`}`,
				);
	return pinned ? `${words}, pinned` : words;
};

const printTable = (terminal: Terminal, backups: readonly Backup[], now: number): void => {
	const rows = backups.map(backup => [
		parseBackupName(backup.file) ? backup.name : backup.shown,
		age(now - backup.takenAt),
		size(backup.sizeBytes),
		backup.release ?? 'unknown',
		backup.why ?? backup.origin,
		stateOf(terminal, backup),
	]);
	const heads = ['file (.tar.gz)', 'age', 'size', 'release', 'why', 'state'];
	const [head = '', ...lines] = inColumns(
		[heads, ...rows].map(row => row.map((text, column) => ({text, isNumber: column === 1 || column === 2}))),
	);
	terminal.out(`  ${paint(terminal, 'muted', head)}\n`);
	for (const line of lines) terminal.out(`  ${line}\n`);
};

/** `cockpit backups verify`: reads archives to their end. Exits 7 when one is bad or could not be read. */
const verify = async (
	{terminal, services, environment}: Place,
	name: string | undefined,
	options: JsonOption & {readonly all: boolean; readonly app?: AppName},
): Promise<number> => {
	if ((name === undefined) !== options.all) {
		throw usage({
			what: 'Which backup should be verified?',
			why: name === undefined ? 'neither a name nor --all was given' : 'a name and --all were given',
			next: `cockpit backups verify --env ${environment.name} --all`,
		});
	}
	const {app} = options;
	const listing = await listBackupsOf(services, environment, app ? {app} : {});
	const backups =
		name === undefined
			? listing.backups.filter(({file, state}) => parseBackupName(file) && state !== 'pending')
			: [backupNamed(environment, listing, name)];
	const onResult = (result: Verified): void => {
		if (options.json) {
			const {backup, ...rest} = result;
			printJson(terminal, {
				type: 'backup',
				environment: environment.name,
				name: backup.name,
				app: backup.app,
				...rest,
			});
		} else printVerified(terminal, result);
	};
	const results = await verifyAll(services, environment, {backups, onResult, isNamed: name !== undefined});
	return results.every(({state}) => state === 'verified') ? 0 : exitCodes['checked-bad'];
};

const printVerified = (terminal: Terminal, {backup, state, reason, found, notRecorded}: Verified): void => {
	const words =
		state === 'verified'
			? paint(terminal, 'success', '✓ verified')
			: paint(
					terminal,
					state === 'bad' ? 'danger' : 'attention',
					`${state === 'bad' ? '✗ bad' : '? unknown'}: ${reason}`,
				);
	const facts = found ? `  ${size(found.bytes)}, ${found.entries} entries, sha256 ${found.sha256.slice(0, 12)}` : '';
	const build = found?.buildId === undefined ? '' : `, build ${found.buildId}`;
	terminal.out(`${backup.name}  ${words}${facts}${build}\n`);
	for (const line of found?.told ?? []) terminal.out(`  ${line}\n`);
	if (notRecorded !== undefined) {
		terminal.out(`  ${paint(terminal, 'attention', `▲ the verdict could not be written down: ${notRecorded}`)}\n`);
	}
};

/** `cockpit backups pin`: retention never removes it. */
const pinOne = async (
	{terminal, services, environment}: Place,
	name: string,
	{undo, json}: JsonOption & {readonly undo: boolean},
): Promise<number> => {
	const backup = backupNamed(environment, await listBackupsOf(services, environment), name);
	await pin(services, environment, backup, {undo});
	const object = {type: 'backup', environment: environment.name, ...backup, pinned: !undo};
	tell(
		terminal,
		json,
		object,
		`${backup.name} ${undo ? 'is no longer pinned' : 'is pinned: retention never removes it'}`,
	);
	return 0;
};

/** `cockpit backups prune`: removes what is older than the environment keeps. */
const pruneAll = async (
	{terminal, services, environment}: Place,
	options: JsonOption & {readonly oldScripts: boolean; readonly plan: boolean},
): Promise<number> => {
	const {oldScripts} = options;
	const listing = await listBackupsOf(services, environment);
	const chosen = planPrune(environment, listing, {oldScripts});
	const gone = options.plan ? [] : await removeAll(services, environment, chosen);
	const shown = options.plan ? chosen : chosen.filter(({name}) => gone.includes(name));
	if (options.json) {
		for (const backup of shown) {
			printJson(terminal, {type: 'backup', environment: environment.name, ...backup, isRemoved: !options.plan});
		}
		return 0;
	}
	const verb = options.plan ? 'would remove' : 'removed';
	for (const {name, sizeBytes} of shown) terminal.out(`${verb} ${name}  ${size(sizeBytes)}\n`);
	terminal.out(`${summary(environment, shown, verb)}\n`);
	const unchecked = listing.backups.filter(one => one.isRestorable && one.state === 'unchecked').length;
	if (unchecked > 0) {
		terminal.out(
			`${paint(terminal, 'attention', `▲ ${unchecked} unchecked`)}: only verified ones count as kept. Check them: cockpit backups verify --env ${environment.name} --all\n`,
		);
	}
	return 0;
};

const summary = (environment: Environment, shown: readonly Backup[], verb: string): string => {
	const bytes = shown.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0);
	const policy = `${environment.name} keeps the ${environment.backups.keep} newest verified of each app`;
	return shown.length === 0 ? `nothing to remove; ${policy}` : `${verb} ${shown.length}, ${size(bytes)}; ${policy}`;
};
