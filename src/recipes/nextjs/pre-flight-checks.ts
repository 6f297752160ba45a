import {askFrontendFacts, parseFrontendFacts} from '../../commands/nextjs/frontend-facts.ts';
import type {Refusal, Step} from '../../domain/runs/pipeline.ts';
import {checkSource} from '../deploy/check-source.ts';
import {hostQuestion, preFlightChecks} from '../deploy/pre-flight-checks.ts';
import {checkFrontendHost} from './check-host.ts';
import type {FrontendPlan} from './plan.ts';

/** What must be in the sources for npm to build them. */
export const checkFrontendSource = (plan: FrontendPlan): Refusal | undefined => checkSource(plan, ['package.json']);

export const frontendPreFlight = (plan: FrontendPlan): Step =>
	preFlightChecks(plan, {
		ask: askFrontendFacts(hostQuestion(plan)),
		check: answer => checkFrontendSource(plan) ?? checkFrontendHost(plan, parseFrontendFacts(answer)),
		summary: answer => {
			const {frontend} = parseFrontendFacts(answer);
			if (!frontend) return undefined;
			const {pm2, node, instances} = frontend;
			const [app] = instances;
			const running = app ? `, ${app.name} ${app.status} in ${app.mode} mode` : '';
			return `Node ${node.replace(/^v/, '')}, PM2${pm2 === '' ? '' : ` ${pm2}`}${running}`;
		},
	});
