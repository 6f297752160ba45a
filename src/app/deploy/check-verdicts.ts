import {parseFrontendFacts} from '../../commands/nextjs/frontend-facts.ts';
import {parseHostFacts, type HostFacts} from '../../commands/host/host-facts.ts';
import {size} from '../../domain/format.ts';
import type {Refusal} from '../../domain/runs/pipeline.ts';
import {judgeHost, type HostCheck} from '../../recipes/laravel/check-host.ts';
import {checkBackendSource} from '../../recipes/laravel/pre-flight-checks.ts';
import {judgeFrontendHost, type FrontendHostCheck, type FrontendHostFacts} from '../../recipes/nextjs/check-host.ts';
import {checkFrontendSource} from '../../recipes/nextjs/pre-flight-checks.ts';
import type {DeployPlan} from './deploy.ts';

/** One pre-flight check and how it came out. */
export type CheckVerdict = {
	readonly name: string;
	/** What was measured, or why it does not hold. */
	readonly text: string;
	readonly refusal?: Refusal;
};

const bytes = (kib: number): string => (Number.isFinite(kib) ? size(kib * 1024) : 'not known');

type Says<Facts extends HostFacts> = (facts: Facts, plan: DeployPlan['plan']) => string;

/** What a check that holds says, whatever the recipe. */
const common = {
	lock: () => 'free',
	layout: ({live}) => (live === undefined ? 'prepared, nothing live yet' : `release ${live}`),
	sudo: (_, {target}) => `without a password, as ${target.owner} too`,
	jobs: () => 'outlive the connection',
	places: () => 'backups, lock and releases writable',
	belongings: (_, {target}) => `${target.shared.files.length + target.shared.directories.length} paths kept apart`,
	space: ({freeKib}) => `${bytes(freeKib.app)} free, backups ${bytes(freeKib.backups)}`,
} as const satisfies Readonly<Record<string, Says<HostFacts>>>;

const ofLaravel: Readonly<Record<HostCheck, Says<HostFacts>>> = {
	...common,
	tools: ({php, composer}) =>
		[/^PHP \S+/.exec(php)?.[0], /Composer (?:version )?(\S+)/.exec(composer)?.[1]]
			.filter(Boolean)
			.join(', composer ')
			.replace('PHP', 'php'),
};

const ofNext: Readonly<Record<FrontendHostCheck, Says<FrontendHostFacts>>> = {
	...common,
	tools: ({frontend, npm}) => `node ${frontend?.node.replace(/^v/, '') ?? 'not known'}, npm ${npm}`,
	pm2: ({frontend}) => {
		const [app] = frontend?.instances ?? [];
		return app ? `${app.name} ${app.status}, ${app.mode} mode` : 'not known';
	},
	port: (_, {target}) => (target.recipe === 'nextjs' ? `${target.port} held by the app alone` : ''),
	packages: ({frontend}) =>
		frontend?.live.modules === 'missing'
			? 'installed from the lockfile'
			: 'there; installed anew when the lockfile changes',
};

/** Every check of the recipe, the ones on this machine first. The pre-flight step asks them again. `answer`: the host's. */
export const checkVerdicts = (planned: DeployPlan, answer: string): readonly CheckVerdict[] => {
	const {plan} = planned;
	const clean = (): string => `${plan.source.branch ?? 'no branch'}, clean`;
	if (planned.recipe === 'laravel') {
		const facts = parseHostFacts(answer);
		return [
			verdict('source', checkBackendSource(planned.plan), clean),
			...judgeHost(planned.plan, facts).map(({check, refusal}) =>
				verdict(check, refusal, () => ofLaravel[check](facts, plan)),
			),
		];
	}
	const facts = parseFrontendFacts(answer);
	return [
		verdict('source', checkFrontendSource(planned.plan), clean),
		...judgeFrontendHost(planned.plan, facts).map(({check, refusal}) =>
			verdict(check, refusal, () => ofNext[check](facts, plan)),
		),
	];
};

const verdict = (name: string, refusal: Refusal | undefined, text: () => string): CheckVerdict =>
	refusal ? {name, text: refusal.why, refusal} : {name, text: text()};
