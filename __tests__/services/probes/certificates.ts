import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {runProgram} from '../../support/run-program.ts';

export type Certified = {readonly key: string; readonly cert: string};

/** Why no certificate can be made on this machine; `undefined` when one can. */
export const opensslMissing = async (): Promise<string | undefined> =>
	(await runProgram(['sh', '-c', 'command -v openssl'])).code === 0 ? undefined : 'needs the package openssl';

/** An authority of its own, and certificates of it for this machine, good and bad. */
export const makeCertificates = () => {
	const directory = mkdtempSync(join(tmpdir(), 'cockpit-certificates-'));
	const openssl = (...words: readonly string[]): void => {
		execFileSync('openssl', words, {cwd: directory, stdio: 'pipe'});
	};
	const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
	const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
	const certified = (name: string, subject: string, days: string): Certified => {
		writeFileSync(join(directory, `${name}.ext`), `subjectAltName=${subject}\n`);
		openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', '/CN=lab');
		const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', `${name}.ext`];
		openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-days', days, '-out', `${name}.pem`);
		return {key: read(`${name}.key`), cert: read(`${name}.pem`)};
	};
	try {
		openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=lab', '-days', '30');
		return {
			authority: read('ca.pem'),
			selfSigned: {key: read('ca.key'), cert: read('ca.pem')},
			good: certified('good', 'IP:127.0.0.1', '9'),
			expired: certified('expired', 'IP:127.0.0.1', '-1'),
			otherName: certified('other', 'DNS:other.invalid', '9'),
		};
	} finally {
		rmSync(directory, {recursive: true});
	}
};
