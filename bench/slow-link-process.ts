import {startFaultProxy} from '../__tests__/support/fault-proxy.ts';

/** The other end of slow-link.ts: says its port, then sets every delay it is told and says so. */
const [host = '', port] = process.argv.slice(2);
const proxy = await startFaultProxy({host, port: Number(port)});
process.on('message', delayMs => {
	proxy.setDelay(Number(delayMs));
	process.send?.('set');
});
process.on('disconnect', () => process.exit());
process.send?.(proxy.port);
