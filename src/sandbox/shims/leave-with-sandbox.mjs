// Ends the process it is loaded into when the sandbox's is gone, which a sandbox that was killed cannot do itself.

import {readFileSync} from 'node:fs';

const pidFile = new URL('../../run/sandbox.pid', import.meta.url);
const isThere = () => {
	try {
		process.kill(Number(readFileSync(pidFile, 'utf8')), 0);
		return true;
	} catch (error) {
		return error.code === 'EPERM';
	}
};
setInterval(() => isThere() || process.exit(), 1000).unref();
