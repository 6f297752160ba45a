// oxlint-disable eslint/no-unused-vars -- what is put behind it uses what stands here
// Source text for `nodeProgram`: who listens on a TCP port of a host, from `/proc` (`ss` may be missing), and what a
// process is. Through sudo only where the fds of another user hide. Processes of other PID namespaces are not seen.
// `statOf(pid)`: parent and start in ticks since boot; undefined for none, and for one that is over.

'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');
const {spawnSync} = require('child_process');
const read = file => {
	try {
		return fs.readFileSync(file, 'latin1');
	} catch {
		return '';
	}
};
const asRoot = (...argv) => spawnSync('sudo', ['-n', '--'].concat(argv), {encoding: 'utf8'}).stdout || '';
const linkOf = file => {
	try {
		return fs.readlinkSync(file);
	} catch {
		return asRoot('readlink', '--', file).trim();
	}
};
const statOf = pid => {
	const fields = read(`/proc/${pid}/stat`)
		.replace(/^[^]*\) /, '')
		.split(' ');
	return fields.length < 20 || fields[0] === 'Z' || fields[0] === 'X'
		? undefined
		: {parent: Number(fields[1]), start: Number(fields[19])};
};
const allPids = () =>
	fs
		.readdirSync('/proc')
		.filter(name => /^\d+$/.test(name))
		.map(Number);
const isBelow = (pid, ancestor) => {
	for (let at = pid, stat; at > 1 && (stat = statOf(at)); at = stat.parent) if (at === ancestor) return true;
	return false;
};
const socketsOf = pid =>
	fs.readdirSync(`/proc/${pid}/fd`).map(fd => {
		try {
			return fs.readlinkSync(`/proc/${pid}/fd/${fd}`);
		} catch {
			return '';
		}
	});
const listenersOf = port => {
	const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
	const rows = ['/proc/net/tcp', '/proc/net/tcp6'].map(file =>
		read(file)
			.split('\n')
			.slice(1)
			.map(line => line.trim().split(/\s+/)),
	);
	const inodes = []
		.concat(...rows)
		.filter(words => words[3] === '0A' && words[1].endsWith(end))
		.map(words => words[9]);
	const wanted = new Set(inodes.map(inode => `socket:[${inode}]`));
	if (wanted.size === 0) return [];
	const seen = new Set();
	const found = new Set();
	let isHidden = false;
	for (const pid of allPids()) {
		try {
			for (const socket of socketsOf(pid))
				if (wanted.has(socket)) {
					seen.add(socket);
					found.add(pid);
				}
		} catch (error) {
			isHidden = isHidden || error.code === 'EACCES';
		}
	}
	if (isHidden && seen.size < wanted.size) {
		const any = [].concat(...inodes.map(inode => ['-o', '-lname', `socket:[[]${inode}]`])).slice(1);
		const lines = asRoot(
			'find',
			'/proc',
			'-mindepth',
			'3',
			'-maxdepth',
			'3',
			'-path',
			'/proc/[0-9]*/fd/*',
			'(',
			...any,
			')',
		);
		for (const match of lines.matchAll(/^\/proc\/(\d+)\//gm)) found.add(Number(match[1]));
	}
	return Array.from(found).sort((a, b) => a - b);
};
const nameOf = uid =>
	uid === os.userInfo().uid
		? os.userInfo().username
		: (spawnSync('id', ['-un', String(uid)], {encoding: 'utf8'}).stdout || '').trim() || String(uid);
const describeProcess = pid => {
	const stat = statOf(pid);
	if (!stat) return undefined;
	const booted = Number((/^btime (\d+)/m.exec(read('/proc/stat')) || [])[1]);
	let user = '';
	try {
		user = nameOf(fs.statSync(`/proc/${pid}`).uid);
	} catch {}
	// Ticks are hundredths of a second on every Linux that programs see.
	const startedAt = new Date((booted + stat.start / 100) * 1000).toISOString().replace(/\.\d+/, '');
	return {pid, user, startedAt, cwd: linkOf(`/proc/${pid}/cwd`), command: read(`/proc/${pid}/comm`).trim()};
};
const inWords = pid => {
	const it = describeProcess(pid);
	return it
		? `process ${it.pid} (${it.command} of ${it.user}, started ${it.startedAt}, in ${it.cwd})`
		: `process ${pid}`;
};
