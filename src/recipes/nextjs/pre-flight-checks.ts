import {askFrontendFacts, parseFrontendFacts} from '../../commands/nextjs/frontend-facts.ts';
import {takeLock} from '../../commands/lock/lock.ts';
import {prepareLink, renameLink, testService} from '../../commands/releases/swap.ts';
import type {Command} from '../../domain/command.ts';
import type {Step} from '../../domain/runs/pipeline.ts';
import {lockTerms} from '../lock-terms.ts';
import {runEntry} from '../run-entry.ts';
import {checkFrontendHost} from './check-host.ts';
import {checkSource} from './check-source.ts';
import type {FrontendPlan} from './plan.ts';

/** What the swap calls as root; a right that is missing there would be found out far too late. */
const asRoot = ({layout, release, target: {services}}: FrontendPlan): Command['argv'][] => [
	prepareLink(layout, release).argv,
	renameLink(layout),
	...services.flatMap(testService).map(({argv}) => argv),
	...services
		.filter(({after}) => after !== 'nothing')
		.flatMap(({unit, after}): Command['argv'][] => [
			['systemctl', after, unit],
			['systemctl', 'start', unit],
		]),
];

/** The one question to the host that all checks share; changes nothing. */
export const askFrontendHost = (plan: FrontendPlan): Command =>
	askFrontendFacts({
		stateDirectory: plan.state.directory,
		app: plan.state.app,
		layout: plan.layout,
		backups: plan.environment.backups.directory,
		target: plan.target,
		asRoot: asRoot(plan),
	});

/** Proves everything a deploy depends on, then takes the lock. Nothing is changed before both. */
export const preFlightChecks = (plan: FrontendPlan): Step => ({
	id: 'pre-flight-checks',
	title: 'Pre-flight checks',
	touches: 'nothing',
	after: [],
	actions: [
		{
			kind: 'read',
			id: 'ask-host',
			command: askFrontendHost(plan),
			check: results =>
				checkSource(plan) ?? checkFrontendHost(plan, parseFrontendFacts(results['ask-host'] ?? '')),
		},
		{
			kind: 'lock',
			id: 'take-lock',
			command: attempt =>
				takeLock(plan.state, {
					attempt,
					...lockTerms(plan),
					holder: {...plan.record.actor, run: plan.record.run, app: plan.record.app},
					record: plan.record,
					entry: runEntry(attempt === 1 ? 'deploy.started' : 'deploy.resumed', plan.record, {
						release: plan.release,
					}),
				}),
		},
	],
	summary: results => {
		const {frontend} = parseFrontendFacts(results['ask-host'] ?? '');
		if (!frontend) return undefined;
		const {pm2, node, instances} = frontend;
		const [app] = instances;
		const running = app ? `, ${app.name} ${app.status} in ${app.mode} mode` : '';
		return `Node ${node.replace(/^v/, '')}, PM2${pm2 === '' ? '' : ` ${pm2}`}${running}`;
	},
});
