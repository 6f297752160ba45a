import {primaryHost, type Environment, type Host} from '../domain/environment.ts';
import {DeployError} from '../domain/errors.ts';

/** Whether connections to a host stay on this machine. Behind a jump host the same address is another machine's. */
export const isLoopback = ({address, proxyJump}: Host): boolean =>
	proxyJump === undefined && /^(?:127(?:\.\d{1,3}){3}|::1|\[::1\]|localhost)$/.test(address);

/**
 * Production is deployed to on evidence, and the gates that hold it are not part of this version: until then only a
 * rehearsal on this machine is allowed. Throws DeployError `blocked`. Rolling back is never kept from anybody.
 */
export const refuseUngated = (environment: Environment): void => {
	if (environment.tier !== 'production' || environment.hosts.length === 0 || isLoopback(primaryHost(environment)))
		return;
	throw new DeployError({
		code: 'blocked',
		what: `DEPLOYMENT BLOCKED: ${environment.name}`,
		why: 'production needs the evidence gates, which are not part of this version: it deploys to production only in the sandbox and on loopback',
		now: 'Nothing was changed.',
		next: 'Deploy to Pre-Prod, or rehearse production in the sandbox: cockpit sandbox',
	});
};
