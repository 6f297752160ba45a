import {blockedMessage} from '../../domain/notify/blocked-message.ts';
import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import {valueOf} from '../../domain/gates/facts.ts';
import type {GateFacts, GateReport} from '../../domain/gates/gates.ts';
import type {AppServices} from '../app-services.ts';

/** A decision on a deploy, with the build it was about where that was found out. */
type Decided = {readonly report: GateReport; readonly evidence?: {readonly facts: Pick<GateFacts, 'build'>}};

/** Tells that somebody asked for a deploy to which a gate is closed. Where every gate is open, nothing is told. */
export const tellBlocked = async (
	{notifier, actorFor}: Pick<AppServices, 'notifier' | 'actorFor'>,
	environment: Environment,
	{report, evidence}: Decided,
): Promise<void> => {
	const {notify = []} = environment;
	if (notify.length === 0) return;
	const commit = evidence && valueOf(evidence.facts.build)?.commit;
	const actor = await actorFor(primaryHost(environment));
	const message = blockedMessage(report, {environment, app: report.app, commit, actor});
	if (message) notifier.say(message, notify);
};
