/**
 * What is true on a host, found without the product: by reading links, files, process tables and the database from
 * inside, as root. Each function is one look; `observeBackend` and `observeFrontend` put together what a step may change.
 */
import {createHash} from 'node:crypto';
import type {RealHost} from '../support/real-host/start-real-host.ts';

const site = '/var/www/qsights';

/** Runs a shell text with parameters; throws when it fails. */
export const sh = async (host: RealHost, script: string, ...args: readonly string[]): Promise<string> => {
	const {code, stdout, stderr} = await host.exec(['bash', '-c', script, 'sh', ...args]);
	if (code !== 0) throw new Error(`${script}: ${code}\n${stderr}`);
	return stdout.trimEnd();
};

/**
 * There is no registry: npm finds the packages of the first deploy behind an adoption, which installs them anew, where the
 * cockpit has it keep what it fetched.
 */
export const fillNpmCache = (host: RealHost): Promise<string> =>
	sh(
		host,
		`cache=/var/www/qsights/.frontend/npm/cache
		install -d -o www-data -g www-data "\${cache%/*}" "$cache"
		cp -R /run/node-packages/npm-cache/. "$cache"
		chown -R www-data:www-data "$cache"`,
	);

const lines = (text: string): readonly string[] => (text === '' ? [] : text.split('\n'));

/** Digest of every file below a directory, its path, owner, mode and content; what `prune` names is left out. */
export const treeDigest = (host: RealHost, directory: string, prune: readonly string[] = []): Promise<string> =>
	sh(
		host,
		`cd -- "$1" && shift
		{ find -L . "$@" -type f -printf '%P %m %u:%g\\n' | LC_ALL=C sort
		find -L . "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum; } | sha256sum | cut -c 1-64`,
		directory,
		...prune.flatMap(path => ['-path', `./${path}`, '-prune', '-o']),
	);

export type Layout = {
	readonly live: 'directory' | 'missing' | 'release';
	/** Name of the release that is live. */
	readonly release?: string;
	/** Names below `releases/`, sorted. */
	readonly releases: readonly string[];
	/** What is kept of releases that were left, wherever it lies. */
	readonly failed: readonly string[];
};

export const observeLayout = async (host: RealHost, app: 'backend' | 'frontend'): Promise<Layout> => {
	const kind = await sh(host, 'stat -c %F -- "$1" 2>/dev/null || echo missing', `${site}/${app}`);
	const target = await sh(host, 'readlink -- "$1" || true', `${site}/${app}`);
	const names = async (script: string): Promise<readonly string[]> => lines(await sh(host, script, app)).toSorted();
	const found = {
		releases: await names(`ls -A "${site}/.$1/releases" 2>/dev/null || true`),
		failed: await names(
			`find ${site} -maxdepth 4 -name node_modules -prune -o -name '*_failed_*' -printf '%f\\n' 2>/dev/null || true`,
		),
	};
	if (kind === 'directory') return {live: 'directory', ...found};
	if (kind !== 'symbolic link') return {live: 'missing', ...found};
	return {live: 'release', release: target.replace(/^.*\/releases\//, ''), ...found};
};

export type Backup = {
	readonly name: string;
	readonly mode: string;
	/** First path component inside. Absent: not an archive that can be read. */
	readonly root?: string;
	/** What the `.json` beside it says, when there is one. */
	readonly about?: Readonly<Record<string, unknown>>;
	readonly sha256: string;
};

export const observeBackups = async (host: RealHost, app: 'backend' | 'frontend'): Promise<readonly Backup[]> => {
	const directory = `/home/ubuntu/backups/${host.environment}`;
	const names = lines(await sh(host, 'ls -1 -- "$1" | grep "^$2.*[.]tar[.]gz$" || true', directory, app));
	const backups: Backup[] = [];
	for (const name of names) {
		const file = `${directory}/${name}`;
		const listing = await host.exec([
			'bash',
			'-c',
			'set -o pipefail; tar -tzf "$1" | head -n 1 || [ $? = 141 ]',
			'sh',
			file,
		]);
		const about = await sh(host, 'cat -- "$1" 2>/dev/null || true', file.replace(/\.tar\.gz$/, '.json'));
		const [root] = listing.stdout.replace(/^\.\//, '').split('/');
		backups.push({
			name,
			mode: await sh(host, 'stat -c "%a %U" -- "$1"', file),
			sha256: (await sh(host, 'sha256sum -- "$1"', file)).slice(0, 64),
			...(listing.code === 0 && root ? {root: root.trim()} : {}),
			...(about === '' ? {} : {about: JSON.parse(about) as Record<string, unknown>}),
		});
	}
	return backups;
};

/** State of each systemd unit, in systemd's word. */
export const observeUnits = async (host: RealHost): Promise<Readonly<Record<string, string>>> => {
	const units = ['php8.1-fpm', 'nginx'];
	const states = await sh(host, 'systemctl is-active "$@" || true', ...units);
	return Object.fromEntries(units.map((unit, index) => [unit, lines(states)[index] ?? '']));
};

/** Names in the migrations table, in order. */
export const observeMigrations = async (host: RealHost): Promise<readonly string[]> => {
	const query = `foreach ((new PDO('sqlite:/var/lib/qsights/db.sqlite'))->query('select migration from migrations order by id') as $row) echo $row[0], "\\n";`;
	return lines(await sh(host, 'php -r "$1"', query));
};

export type Ledger = {
	readonly types: readonly string[];
	readonly last: object | undefined;
	/** Whether each entry holds its number and the digest of the line before it. */
	readonly isChain: boolean;
};

const stateDirectory = (host: RealHost): string => `/home/ubuntu/.cockpit/qsights/${host.environment}`;

export const observeLedger = async (host: RealHost): Promise<Ledger> => {
	const text = await sh(host, 'cat -- "$1" 2>/dev/null || true', `${stateDirectory(host)}/ledger.jsonl`);
	const entries = lines(text);
	const parsed = entries.map(line => JSON.parse(line) as {readonly seq: number; readonly prev: string; type: string});
	const isChain = parsed.every(({seq, prev}, index) => {
		const before = index === 0 ? '' : (entries[index - 1] ?? '');
		return seq === index + 1 && prev === createHash('sha256').update(before).digest('hex');
	});
	return {types: parsed.map(({type}) => type), last: parsed.at(-1), isChain};
};

/** What a run must not leave: locks that are held, temporary names, processes of jobs. Empty when all is well. */
export const observeLeftovers = async (host: RealHost): Promise<readonly string[]> =>
	lines(
		await sh(
			host,
			`ls -A "$1/lock" 2>/dev/null | grep -v -e flock -e token || true
			find ${site} /home/ubuntu/backups -maxdepth 3 \\( -name node_modules -o -name vendor \\) -prune -o \\( -name '*.part' -o -name next -o -name 'next-*' -o -name '*.tmp' \\) -not -path '*/.next/*' -print 2>/dev/null || true
			find "$1" -name '*.part'
			pgrep -u ubuntu -a -f '[.]cockpit/' || true`,
			stateDirectory(host),
		),
	);

export type Backend = Layout & {
	/** Content of VERSION in the live tree. */
	readonly version: string;
	/** Digest of the live tree without what belongs to the environment and what the app writes. */
	readonly tree: string;
	/** Digest of `.env` and everything people uploaded. */
	readonly kept: string;
	readonly units: Readonly<Record<string, string>>;
	readonly migrations: readonly string[];
	/** What the health check says over HTTP. */
	readonly health: number;
};

/** Status code of an URL; 0 when nothing answers. */
export const statusOf = async (url: string): Promise<number> =>
	fetch(url, {signal: AbortSignal.timeout(15_000)}).then(
		async response => {
			await response.arrayBuffer();
			return response.status;
		},
		() => 0,
	);

const written = ['.env', 'storage', 'bootstrap/cache', 'public/uploads', 'vendor'];

export const observeBackend = async (host: RealHost): Promise<Backend> => ({
	...(await observeLayout(host, 'backend')),
	version: await sh(host, `cat ${site}/backend/VERSION`),
	tree: await treeDigest(host, `${site}/backend`, written),
	kept: await sh(
		host,
		`cd ${site}/backend && { cat .env; find storage/app/ public/uploads/ -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum | cut -c 1-64`,
	),
	units: await observeUnits(host),
	migrations: await observeMigrations(host),
	health: await statusOf(`${host.url}/api/health`),
});

export type Pm2Process = {
	readonly name: string;
	readonly status: string;
	readonly mode: string;
	readonly restarts: number;
	readonly pid: number;
	/** As PM2 was told, and as the kernel knows the process. */
	readonly cwd: string;
	readonly realCwd: string;
};

export const observePm2 = async (host: RealHost): Promise<readonly Pm2Process[]> => {
	const text = await sh(host, `sudo -u ubuntu -H pm2 jlist --silent`);
	type Entry = {
		readonly name: string;
		readonly pid: number;
		readonly pm2_env: Readonly<Record<'status' | 'exec_mode' | 'pm_cwd', string>> & {readonly restart_time: number};
	};
	const entries = JSON.parse(text.slice(text.indexOf('['))) as readonly Entry[];
	return Promise.all(
		entries.map(async ({name, pid, pm2_env: about}) => ({
			name,
			pid,
			status: about.status,
			mode: about.exec_mode.replace(/_mode$/, ''),
			restarts: about.restart_time,
			cwd: about.pm_cwd,
			realCwd: await sh(host, 'readlink "/proc/$1/cwd" || true', String(pid)),
		})),
	);
};

/** Names of what `pm2 save` wrote last: what comes back after a reboot. */
export const observeSaved = async (host: RealHost): Promise<readonly string[]> => {
	const dump = JSON.parse(await sh(host, 'cat /home/ubuntu/.pm2/dump.pm2')) as readonly {readonly name: string}[];
	return dump.map(({name}) => name);
};

export type Frontend = Layout & {
	/** `.next/BUILD_ID` in the live tree. */
	readonly buildId: string;
	/** The build id in the page. */
	readonly served: string;
	/** What the page of each router says about its version. */
	readonly pages: string;
	readonly surveys: string;
	/** The URL compiled into the page. */
	readonly api: string;
	readonly tree: string;
	readonly pm2: readonly Omit<Pm2Process, 'pid' | 'restarts' | 'realCwd'>[];
	readonly saved: readonly string[];
	/** Whether every process works in the live release and the port belongs to one PM2 knows, or a child of one. */
	readonly isLive: boolean;
};

const textOf = async (url: string, pattern: RegExp): Promise<string> => {
	const text = await fetch(url, {signal: AbortSignal.timeout(15_000)}).then(
		async response => response.text(),
		() => '',
	);
	return pattern.exec(text)?.[1] ?? '';
};

/** Processes that listen on the port, and their ancestors. */
const ownersOf = async (host: RealHost, port: number): Promise<readonly number[]> => {
	const found = await sh(
		host,
		`ss -Hltnp "sport = :$1" | grep -o 'pid=[0-9]*' | cut -c 5- | sort -u | while read -r id; do
			while [ "$id" -gt 1 ]; do echo "$id"; id=$(ps -o ppid= -p "$id" | tr -d ' '); done
		done`,
		String(port),
	);
	return lines(found).map(Number);
};

export const observeFrontend = async (host: RealHost): Promise<Frontend> => {
	const layout = await observeLayout(host, 'frontend');
	const live = await sh(host, `readlink -f ${site}/frontend`);
	const processes = await observePm2(host);
	const owners = await ownersOf(host, host.nextPort);
	// In cluster mode PM2's own daemon listens for all of them.
	const isCluster = processes.some(({mode}) => mode === 'cluster');
	return {
		...layout,
		buildId: await sh(host, `cat ${site}/frontend/.next/BUILD_ID`),
		served: await textOf(host.url, /"buildId":"([^"]*)"/),
		pages: await textOf(host.url, /frontend (v\d+)/),
		surveys: await textOf(`${host.url}/surveys`, /surveys (v\d+)/),
		api: await textOf(host.url, /<p id="api">([^<]*)/),
		tree: await treeDigest(host, `${site}/frontend`, ['node_modules', '.next/cache']),
		pm2: processes.map(({name, status, mode, cwd}) => ({name, status, mode, cwd})),
		saved: await observeSaved(host),
		isLive:
			processes.length > 0 &&
			processes.every(({realCwd}) => realCwd === live) &&
			(isCluster ? owners.length > 0 : processes.some(({pid}) => owners.includes(pid))),
	};
};
