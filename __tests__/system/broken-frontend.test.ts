import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {isDeep} from '../support/depth.ts';
import type {Changes, FrontendVersion} from '../support/real-host/make-source-repository.ts';
import {fillNpmCache, observeFrontend, observeLeftovers, observeLedger, sh, type Frontend} from './observe.ts';
import {startLab, type Lab} from './start-lab.ts';
import {systemUnavailable, titled} from './system-unavailable.ts';

/** What came out first, a banner of three lines included. */
const head = (stderr: string): string => stderr.split('\n').slice(0, 12).join('\n');

const failingPage = `
export async function getServerSideProps() {
	throw new Error('no such survey');
}

export default function Home() {
	return <p>frontend</p>;
}
`;

describe.skipIf(systemUnavailable() !== undefined)(titled('frontend: broken versions on a real host'), () => {
	let lab: Lab;
	let good: Frontend;
	const truth = (): Promise<Frontend> => observeFrontend(lab.preprod);
	const deploy = () => lab.cockpit('deploy', 'frontend', '--env', 'preprod', '--confirm', 'yes');
	const deployChanged = async (changes: Changes) => {
		const before: Record<string, string | null> = {};
		for (const path of Object.keys(changes))
			before[path] = await readFile(join(lab.repository.directory, 'frontend', path), 'utf8').catch(() => null);
		await lab.repository.commitFrontend(changes);
		const finished = await deploy();
		await lab.repository.commitFrontend(before);
		return finished;
	};
	const deployDone = async (change: Changes | FrontendVersion): Promise<Frontend> => {
		await lab.repository.commitFrontend(change);
		await lab.done('deploy', 'frontend', '--env', 'preprod', '--confirm', 'yes');
		return truth();
	};
	const nothingIsLeft = async (): Promise<void> => {
		expect(await observeLeftovers(lab.preprod)).toEqual([]);
		expect((await observeLedger(lab.preprod)).isChain).toBe(true);
	};

	beforeAll(async () => {
		lab = await startLab({frontend: 'fork', overrides: {apps: {frontend: {health: {within: '6s'}}}}});
		await lab.done('adopt', '--env', 'preprod');
		await fillNpmCache(lab.preprod);
		good = await truth();
	});
	afterAll(() => lab.stop());

	test('failing build: blocked with the words of the compiler, nothing was sent', async () => {
		const {code, stdout, stderr} = await deployChanged({'pages/login.js': 'export default function Login( {\n'});

		expect([1, 3], `${stdout}${stderr}`).toContain(code);
		expect(stderr).toContain('DEPLOYMENT BLOCKED');
		expect(head(stderr)).toMatch(/pages\/login\.js|Parsing ecmascript source code failed|Expected/);
		expect(stderr).toContain('pages/login.js');
		expect(await truth()).toEqual(good);
		await nothingIsLeft();
	});

	test('PM2 missing: refused before anything is built', async () => {
		await sh(lab.preprod, 'mv /usr/local/bin/pm2 /usr/local/bin/pm2.away');
		const {code, stdout, stderr} = await deployChanged({'version.js': "export const VERSION = 'v7';\n"});
		await sh(lab.preprod, 'mv /usr/local/bin/pm2.away /usr/local/bin/pm2');

		expect([2, 3], `${stdout}${stderr}`).toContain(code);
		expect(head(stderr)).toMatch(/pm2/i);
		expect(await truth()).toEqual(good);
		await nothingIsLeft();
	});

	test('page 500: exit 4, what is live by name, and the way back', async () => {
		const {code, stdout, stderr} = await deployChanged({'pages/index.js': failingPage});

		expect({code, stderr}, stdout).toMatchObject({code: 4});
		expect(head(stderr)).toMatch(/500/);
		// What the page has thrown stands in PM2's log alone.
		expect(stderr).toContain('error.log says since the swap:');
		expect(stderr).toContain('no such survey');
		expect(stderr).toMatch(/\/home\/ubuntu\/\.pm2\/logs\/\S+-error\.log/);
		const broken = await truth();
		expect(stderr).toContain(broken.release);
		expect(`${stdout}${stderr}`).toContain('cockpit rollback frontend --env preprod --to previous');
		await nothingIsLeft();

		await lab.done('rollback', 'frontend', '--env', 'preprod', '--to', 'previous', '--confirm', 'ROLLBACK');
		expect(await truth()).toMatchObject({release: good.release, buildId: good.buildId, pages: 'v1', isLive: true});
		expect((await observeLedger(lab.preprod)).last).toMatchObject({
			type: 'rollback.finished',
			data: {end: {is: 'new', live: good.release, health: {state: 'good'}}},
		});
	});

	test('stale process that holds the port: found, by its number', async () => {
		const {ip, nextPort, pm2Name} = lab.preprod;
		const orphan = await sh(
			lab.preprod,
			`sudo -u ubuntu -H pm2 stop "$1" >/dev/null
			cd /var/www/qsights/frontend
			sudo -u ubuntu -H NODE_ENV=production setsid node node_modules/next/dist/bin/next start -H "$2" -p "$3" </dev/null >/tmp/orphan.log 2>&1 &
			until curl --silent --fail --output /dev/null "http://$2:$3/"; do sleep 0.05; done
			sudo -u ubuntu -H pm2 start "$1" >/dev/null
			ss -Hltnp "sport = :$3" | grep -o 'pid=[0-9]*' | head -n 1 | cut -c 5-`,
			pm2Name,
			ip,
			String(nextPort),
		);
		const {code, stdout, stderr} = await deployChanged({'version.js': "export const VERSION = 'v8';\n"});

		expect([1, 2, 3, 4], `${stdout}${stderr}`).toContain(code);
		expect(stderr).toContain(orphan);
		expect(head(stderr)).toMatch(/port/);
		await nothingIsLeft();

		await sh(lab.preprod, 'kill "$1"; sudo -u ubuntu -H pm2 restart "$2" >/dev/null', orphan, pm2Name);
		await sh(
			lab.preprod,
			'until curl --silent --fail --output /dev/null "$1"; do sleep 0.05; done',
			lab.preprod.url,
		);
	});

	if (!isDeep) return;

	test('changed lockfile: its packages are installed in the candidate, without a registry', async () => {
		const frontend = await deployDone('dependency');

		expect(frontend).toMatchObject({pages: 'v1', served: frontend.buildId, isLive: true});
		expect(await sh(lab.preprod, 'ls -d /var/www/qsights/frontend/node_modules/clsx')).toContain('clsx');
		expect(await (await fetch(`${lab.preprod.url}/login`)).text()).toContain('form--login');
	});

	test('a build id that never changes: what is served is proven all the same', async () => {
		const constant = "export default {experimental: {cpus: 1}, generateBuildId: () => 'constant'};\n";
		const first = await deployDone({
			'next.config.mjs': constant,
			'version.js': "export const VERSION = 'v11';\n",
		});
		expect(first).toMatchObject({buildId: 'constant', pages: 'v11', surveys: 'v11', isLive: true});
		const second = await deployDone({'version.js': "export const VERSION = 'v12';\n"});
		expect(second).toMatchObject({buildId: 'constant', pages: 'v12', surveys: 'v12', isLive: true});
	});

	test('a deployment id of its own: told from the build id, which is then the same for all', async () => {
		const config = "export default {experimental: {cpus: 1}, deploymentId: 'release-13'};\n";
		const frontend = await deployDone({
			'next.config.mjs': config,
			'version.js': "export const VERSION = 'v13';\n",
		});

		expect(frontend).toMatchObject({pages: 'v13', surveys: 'v13', isLive: true});
		expect(await (await fetch(lab.preprod.url)).text()).toContain('release-13');
	});
});
