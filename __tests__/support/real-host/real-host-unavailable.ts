import {existsSync, globSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {runProgram} from '../run-program.ts';

/** File that must be there, as a glob, and the Debian package that brings it. */
const needed: Readonly<Record<string, string>> = {
	'/usr/bin/unshare': 'util-linux',
	'/usr/bin/perl': 'perl',
	'/usr/bin/sudo': 'sudo',
	'/usr/bin/git': 'git',
	'/usr/bin/ssh': 'openssh-client',
	'/usr/sbin/sshd': 'openssh-server',
	'/usr/sbin/nginx': 'nginx-light',
	'/usr/bin/php': 'php-cli',
	'/usr/sbin/php-fpm[0-9]*': 'php-fpm',
	'/etc/php/*/fpm/conf.d/*mbstring.ini': 'php-mbstring',
	'/etc/php/*/fpm/conf.d/*dom.ini': 'php-xml',
	'/etc/php/*/fpm/conf.d/*pdo_sqlite.ini': 'php-sqlite3',
	'/usr/bin/composer': 'composer',
	'/usr/share/php/Illuminate/Foundation/Application.php': 'php-laravel-framework',
};

/** The least that a host does: an overlay over `/` in namespaces of its own. Leaves nothing behind. */
const tryOverlay = `
	mount -t tmpfs tmpfs "$1" && mkdir "$1/upper" "$1/work" "$1/root" &&
	mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"`;

const findReason = async (): Promise<string | undefined> => {
	if (process.platform !== 'linux') return 'needs Linux';
	if (process.getuid?.() !== 0) return 'needs root';
	const packages = Object.entries(needed)
		.filter(([file]) => (file.includes('*') ? globSync(file).length === 0 : !existsSync(file)))
		.map(([, name]) => name);
	if (packages.length > 0) return `needs the packages ${packages.join(', ')}`;

	const isolated = ['unshare', '--mount', '--pid', '--uts', '--ipc', '--fork'] as const;
	const {code, stderr} = await runProgram([...isolated, 'sh', '-c', tryOverlay, 'sh', tmpdir()]);
	return code === 0 ? undefined : `needs unshare and overlay mounts: ${stderr.trim()}`;
};

/** Found out once, before the tests are named. */
const reason = await findReason();

/** Why no real host can run on this machine; `undefined` when one can. For `describe.skipIf`, and its title. */
export const realHostUnavailable = (): string | undefined => reason;
