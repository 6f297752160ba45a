import {createHash} from 'node:crypto';
import {linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';
import {
	envLive,
	envPlace,
	keepEnv,
	lookAtEnv,
	newEnvInput,
	parseEnvFound,
	readEnvLive,
	receiveEnv,
	swapEnv,
	swapEnvBack,
	tidyEnv,
	type EnvPlace,
} from '../../../src/commands/env/change-env.ts';
import {renderCommand} from '../../../src/commands/shell.ts';
import {releaseLayout} from '../../../src/commands/release-layout.ts';
import {createHostDirectory, me} from '../host-directory.ts';

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
const before = 'A=1\nMAIL_HOST=old\n';
const after = 'A=1\nMAIL_HOST=new\n';

/** A host whose app has a `.env`, with a run that holds the lock. */
const prepare = ({
	text = before,
	run = '20260210T055341Z-backend-9b1d',
	of,
}: {text?: string; run?: string; of?: string} = {}) => {
	const host = createHostDirectory();
	const layout = releaseLayout({path: join(host.root, 'www/backend')});
	const state = {directory: join(host.root, 'state'), app: 'backend', run} as const;
	const place: EnvPlace = {state, layout, target: {owner: me}, ...envPlace({state, layout}, of)};
	const claim = {project: 'qsights', environment: 'preprod', app: 'backend', stateDirectory: state.directory, layout};
	for (const directory of [
		`${layout.releases}/r1`,
		layout.shared,
		`${state.directory}/jobs/${run}`,
		`${state.directory}/lock`,
	])
		mkdirSync(directory, {recursive: true});
	symlinkSync('.backend/releases/r1', layout.live);
	writeFileSync(
		`${layout.base}/owner`,
		`project qsights\nenvironment preprod\napp backend\nstate ${state.directory}\n`,
	);
	for (const file of [`jobs/${run}/holder`, 'lock/backend'])
		writeFileSync(join(state.directory, file), `${run} 1 7\n`);
	writeFileSync(place.file, text, {mode: 0o640});
	const write = (found = before) =>
		host.run(
			receiveEnv(place, {...state, attempt: 1}),
			newEnvInput({before: sha(found), after: sha(after)}, after),
		);
	return {
		host,
		place,
		claim,
		write,
		text: () => readFileSync(place.file, 'utf8'),
		beside: () => readdirSync(layout.shared),
		live: async () => (await host.ok(readEnvLive(place))).trim(),
	};
};

test('env on a host: kept, written beside, renamed, and put back, each with its mode', async () => {
	const {host, place, claim, write, text, live} = prepare();
	await using _ = host;
	const found = parseEnvFound(await host.ok(lookAtEnv(place)));
	expect(found).toMatchObject({isAdopted: true, kind: 'file', text: before, sha256: sha(before), isWritten: false});

	expect(await host.ok(keepEnv(place))).toBe(`kept ${place.kept}\n`);
	expect((await write()).code).toBe(0);
	expect(text()).toBe(before);
	expect(await live()).toBe(place.file);
	expect(parseEnvFound(await host.ok(lookAtEnv(place))).isWritten).toBe(true);

	await host.ok(swapEnv(place, claim));
	expect(text()).toBe(after);
	expect(await live()).toBe(envLive(place));
	for (const file of [place.file, place.kept]) expect(statSync(file).mode & 0o777, file).toBe(0o640);
	expect(statSync(dirname(place.kept)).mode & 0o777).toBe(0o700);

	await host.ok(swapEnvBack(place, claim));
	expect(text()).toBe(before);
	expect(await live()).toBe(place.file);
	expect(statSync(place.file).mode & 0o777).toBe(0o640);
});

test('env on a host: what somebody has written by hand meanwhile is overwritten by nobody, there and back', async () => {
	const {host, place, claim, write, text, live, beside} = prepare();
	await using _ = host;
	await host.ok(keepEnv(place));
	await write();
	writeFileSync(place.file, 'BY=hand\n');

	const swapped = await host.run(swapEnv(place, claim));
	expect(swapped.code).toBe(1);
	expect(swapped.stderr).toContain('was changed by somebody else meanwhile: nothing was overwritten');
	expect(text()).toBe('BY=hand\n');
	expect(await live()).toBe(place.file);

	await host.ok(tidyEnv(place));
	expect(beside()).toEqual(['.env']);
	expect(await live()).toBe(place.file);

	writeFileSync(place.file, before);
	await host.ok(keepEnv(place));
	await write();
	await host.ok(swapEnv(place, claim));
	writeFileSync(place.file, 'BY=hand\n');
	expect(await live()).toBe(envLive(place));
	const back = await host.run(swapEnvBack(place, claim));
	expect(back.stderr).toContain('was changed by somebody else since: it is left as it is');
	expect(text()).toBe('BY=hand\n');
});

test('env on a host: without a file one is made for its owner only, and taken away again', async () => {
	const {host, place, claim} = prepare();
	await using _ = host;
	rmSync(place.file);
	expect(parseEnvFound(await host.ok(lookAtEnv(place)))).toMatchObject({kind: 'missing', sha256: 'none', text: ''});
	expect(await host.ok(keepEnv(place))).toContain('nothing to keep');
	const input = newEnvInput({before: 'none', after: sha(after)}, after);
	await host.ok(receiveEnv(place, {...place.state, attempt: 1}), input);
	await host.ok(swapEnv(place, claim));
	expect(statSync(place.file).mode & 0o777).toBe(0o600);

	await host.ok(swapEnvBack(place, claim));
	expect(readdirSync(dirname(place.file))).toEqual([]);
});

test('env on a host: what a run has found is put back byte for byte, and a file that it made is taken away', async () => {
	const {host, place: first, claim, write, text} = prepare();
	await using _ = host;
	await host.ok(keepEnv(first));
	await write();
	await host.ok(swapEnv(first, claim));
	const state = {...first.state, run: '20260210T060000Z-backend-aaaa'};
	const place: EnvPlace = {...first, state, ...envPlace({...first, state}, first.state.run)};
	mkdirSync(join(state.directory, 'jobs', state.run));
	for (const file of [`jobs/${state.run}/holder`, 'lock/backend'])
		writeFileSync(join(state.directory, file), `${state.run} 1 7\n`);
	const found = parseEnvFound(await host.ok(lookAtEnv(place)));
	expect(found).toMatchObject({names: 1, before: {was: sha(before), left: sha(after), text: before}});

	await host.ok(keepEnv(place));
	await host.ok(
		receiveEnv(place, {...state, attempt: 1}),
		newEnvInput({before: sha(after), after: sha(before)}, before),
	);
	await host.ok(swapEnv(place, claim));
	expect([text(), statSync(place.file).mode & 0o777]).toEqual([before, 0o640]);
	expect((await host.ok(readEnvLive(place))).trim()).toBe(envLive(place));

	writeFileSync(join(state.directory, 'jobs', first.state.run, 'env'), `none ${sha(before)}\n`);
	rmSync(join(state.directory, 'jobs', state.run, 'env'));
	expect(parseEnvFound(await host.ok(lookAtEnv(place))).before).toMatchObject({was: 'none', text: undefined});
	await host.ok(receiveEnv(place, {...state, attempt: 1}), newEnvInput({before: sha(before), after: 'none'}, ''));
	await host.ok(keepEnv(place));
	expect((await host.ok(readEnvLive(place))).trim()).toBe(place.file);
	await host.ok(swapEnv(place, claim));
	expect(readdirSync(dirname(place.file))).toEqual([]);
	expect((await host.ok(readEnvLive(place))).trim()).toBe(envLive(place));
	await host.ok(swapEnvBack(place, claim));
	expect(text()).toBe(before);
});

test('env on a host: a stream whose process group has lost its leader is one as any other', async () => {
	const {host, place} = prepare();
	await using _ = host;
	const line = renderCommand(receiveEnv(place, {...place.state, attempt: 1}));
	const said = await host.sh(
		`printf %s "$2" >"$3"
		exec 3>&1
		setsid sh -c '{ while [ -e "/proc/$$/" ]; do sleep 0.01; done; sh -c "$1"; echo "exit $?"; } <"$2" >&3 2>&1 &' leader "$1" "$3"`,
		line,
		newEnvInput({before: sha(before), after: sha(after)}, after),
		join(host.root, 'input'),
	);
	expect(said).toBe('exit 0');
	expect(parseEnvFound(await host.ok(lookAtEnv(place))).isWritten).toBe(true);
});

test('env on a host: a file that did not arrive whole, and a driver that was taken over, leave nothing', async () => {
	const {host, place, write, beside} = prepare();
	await using _ = host;
	const cut = newEnvInput({before: sha(before), after: sha(after)}, after.slice(0, 5));
	const {code, stderr} = await host.run(receiveEnv(place, {...place.state, attempt: 1}), cut);
	expect([code, stderr]).toEqual([1, 'the new file did not arrive whole\n']);
	expect(parseEnvFound(await host.ok(lookAtEnv(place))).isWritten).toBe(false);

	writeFileSync(join(place.state.directory, 'jobs', place.state.run, 'holder'), `${place.state.run} 2 8\n`);
	expect((await write()).code).toBe(97);
	expect(beside()).toEqual(['.env']);
});

test('env on a host: the newest ten are kept, and the one that is put back', async () => {
	const {host, place} = prepare({of: '20260110T000000Z-backend-aaaa'});
	await using _ = host;
	const directory = dirname(place.kept);
	mkdirSync(directory);
	const older = Array.from({length: 12}, (_one, index) => `.env.202601${String(index + 10)}T000000Z-backend-aaaa`);
	for (const name of older) writeFileSync(join(directory, name), name);

	await host.ok(keepEnv(place));

	expect(readdirSync(directory).toSorted()).toEqual([older[0], ...older.slice(3), `.env.${place.state.run}`]);
});

test.each([
	[
		'a second name',
		(file: string) => [writeFileSync(file, before), linkSync(file, `${file}.same`)],
		{kind: 'file', names: 2},
	],
	['a link', (file: string) => symlinkSync('/etc/hostname', file), {kind: 'link'}],
	['a directory', (file: string) => mkdirSync(file), {kind: 'other'}],
	[
		'Latin-1',
		(file: string) => writeFileSync(file, Buffer.from([0x41, 0x3d, 0xe9])),
		{kind: 'file', text: undefined},
	],
	['too much', (file: string) => writeFileSync(file, 'A=1\n'.repeat(300_000)), {kind: 'file', isTooLarge: true}],
])('env on a host: %s is told, and not read further', async (_, make: (file: string) => unknown, expected) => {
	const {host, place} = prepare();
	await using _host = host;
	rmSync(place.file);
	make(place.file);

	expect(parseEnvFound(await host.ok(lookAtEnv(place)))).toMatchObject(expected);
});
