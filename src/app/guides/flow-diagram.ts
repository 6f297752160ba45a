import {sectionsFor} from '../../domain/checklist/checklist.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import {deployWords, rollbackWord} from '../../domain/runs/confirm.ts';
import {watchTerms} from '../../domain/environments/watched.ts';
import {counted, itemsIn, edgesIn, itemsBefore, windowInWords, type Edge, type GuideSources} from './guide-facts.ts';

const width = 76;

const fit = (text: string, room: number): string => (text.length <= room ? text : `${text.slice(0, room - 3)}...`);

const box = ({title, urls}: Environment): readonly string[] => {
	const lines = [title, urls.site].map(line => fit(line, width - 4));
	const inner = Math.max(...lines.map(({length}) => length));
	const rule = `+${'-'.repeat(inner + 2)}+`;
	return [rule, ...lines.map(line => `| ${line.padEnd(inner)} |`), rule];
};

/** A question on the way, and where its other answer leads. */
const decision = (question: string, otherwise: string): readonly string[] => [
	'      |',
	`  < ${question} >`,
	`      |\\-- no --> ${otherwise}`,
	'      | yes',
];

const arrow: readonly string[] = ['      |', '      v'];

/** What is asked between two environments; the same gates as a deploy asks. */
const between = ({from, to}: Edge, sources: GuideSources): readonly string[] => {
	const words = deployWords(to).join(', ');
	const isPromotion = from !== undefined && from.hosts.length > 0;
	const items = itemsBefore(sources);
	return [
		...(isPromotion && items > 0
			? decision(
					`all ${counted(items, 'item')} passed on ${from.title}?`,
					`mend it, deploy to ${from.title} again`,
				)
			: []),
		...(isPromotion && from.soakHours > 0
			? decision(`${from.soakHours} h live and healthy on ${from.title}?`, 'wait')
			: []),
		...(isPromotion && to.approvals > 0
			? decision(
					`signed by ${counted(to.approvals, 'other person').replace('persons', 'people')}?`,
					'cockpit approve',
				)
			: []),
		...(to.window ? decision(`${windowInWords(to.window, to.timeZone)}?`, 'wait for the next slot') : []),
		...decision(`typed: ${words}?`, 'DEPLOYMENT BLOCKED'),
	];
};

const afterwards = (environment: Environment, {checklists}: GuideSources): readonly string[] => {
	const triggers = itemsIn(sectionsFor(checklists, 'rollback-triggers'));
	if (environment.tier !== 'production' || triggers === 0) return [];
	const {minutes} = watchTerms(environment);
	return [
		...decision(`none of ${counted(triggers, 'trigger')} seen in ${minutes} min?`, rollbackWord),
		'      v',
		'    done',
	];
};

/** From the first environment to the last, with every gate between them; at most 76 columns. */
export const flowDiagram = (sources: GuideSources): readonly string[] => {
	const edges = edgesIn(sources.environments);
	const isEntered = (environment: Environment): boolean => edges.some(({to}) => to === environment);
	const first = sources.environments.filter(environment => !isEntered(environment));
	return [
		...first.flatMap(box),
		...edges.flatMap(edge => [
			...between(edge, sources),
			...arrow.slice(1),
			...box(edge.to),
			...afterwards(edge.to, sources),
		]),
	].map(line => fit(line, width));
};

/** Phrases in as few indented lines as hold them. */
const wrapped = (phrases: readonly string[]): readonly string[] => {
	const lines: string[] = [];
	for (const phrase of phrases) {
		const longer = `${lines.at(-1) ?? ''}; ${phrase}`;
		if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
		else lines.push(fit(`    ${phrase}`, width));
	}
	return lines;
};

/** The same in a few lines for each way. */
export const shortFlow = (sources: GuideSources): readonly string[] =>
	edgesIn(sources.environments).flatMap(({from, to}) => {
		const items = itemsBefore(sources);
		const isPromotion = from !== undefined && from.hosts.length > 0;
		const asked = [
			...(isPromotion && items > 0 ? [counted(items, 'item')] : []),
			...(isPromotion && from.soakHours > 0 ? [`${from.soakHours} h soak`] : []),
			...(to.window ? [windowInWords(to.window, to.timeZone)] : []),
			`words: ${deployWords(to).join(', ')}`,
		];
		return [fit(`${from ? `${from.title} ` : ''}--> ${to.title}`, width), ...wrapped(asked)];
	});
