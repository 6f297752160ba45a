import type {Checklists} from '../../domain/checklist/checklist.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import type {ProbeAnswer} from '../../domain/ports.ts';
import {httpQuestions} from '../../domain/probes/http-questions.ts';
import {judgeCertificate} from '../../domain/probes/certificate.ts';
import {judgeHttp} from '../../domain/probes/judge-http.ts';
import type {ServedAnswers} from '../../domain/probes/judge-served.ts';
import type {ProbeFinding} from '../../domain/probes/probe.ts';
import {manifestPath, mostPageBytes, servedId} from '../../domain/probes/served-id.ts';
import {probeTerms} from '../../domain/environments/watched.ts';
import type {AppServices} from '../app-services.ts';

/** Whatever limit a check has, where its `timeout` says nothing else: a round tells what it found only when all of it is there. */
const answerMs = 10_000;

/** What all addresses answered, by address. */
export type AddressAnswers = ReadonlyMap<string, ProbeAnswer>;

/** Asks every address once, all at once; none throws. The page is read whole: its build id may stand at its end. */
export const askAddresses = async (
	{probe}: Pick<AppServices, 'probe'>,
	environment: Environment,
	checklists: Pick<Checklists, 'files'>,
	signal?: AbortSignal,
): Promise<AddressAnswers> => {
	const questions = httpQuestions(environment, checklists);
	const urls = new Set([
		...questions.map(({url}) => url),
		...(environment.apps.frontend ? [environment.urls.site] : []),
	]);
	return new Map(
		await Promise.all(
			[...urls].map(async url => {
				const answer = await probe.get(url, {
					timeoutMs:
						questions.find(one => one.url === url && one.timeoutMs !== undefined)?.timeoutMs ?? answerMs,
					maxBodyBytes: mostPageBytes,
					...(url.startsWith(environment.urls.api) ? {accept: 'application/json'} : {}),
					signal,
				});
				return [url, answer] as const;
			}),
		),
	);
};

/** The page of the site, and the manifest of the build on disk where the page shows no id. */
export const askServed = async (
	{probe}: Pick<AppServices, 'probe'>,
	{urls, apps}: Environment,
	{
		answers,
		buildId,
		signal,
	}: {readonly answers: AddressAnswers; readonly buildId?: string; readonly signal?: AbortSignal},
): Promise<ServedAnswers | undefined> => {
	const page = answers.get(urls.site);
	if (!apps.frontend || !page) return undefined;
	if (buildId === undefined || 'error' in page.outcome || servedId(page.body) !== undefined) return {page};
	const url = `${urls.site.replace(/\/+$/, '')}${manifestPath(buildId)}`;
	return {page, manifest: await probe.get(url, {timeoutMs: answerMs, signal})};
};

const originOf = (url: string): string | undefined =>
	url.startsWith('https:') && URL.canParse(url) ? new URL(url).origin : undefined;

/** One for each server that speaks TLS: of site and API, or of the API alone where that is another. */
const certificates = (environment: Environment, answers: AddressAnswers, at: number): readonly ProbeFinding[] => {
	const {urls, timeZone} = environment;
	const {certificateDays: atLeastDays} = probeTerms(environment).limits;
	const asked = [...answers].map(([url, answer]) => ({origin: originOf(url), answer}));
	const of = (url: string): ProbeAnswer | undefined => {
		const same = asked.filter(({origin}) => origin !== undefined && origin === originOf(url));
		return (same.find(({answer}) => answer.certificateUntil !== undefined) ?? same[0])?.answer;
	};
	const judge = (answer: ProbeAnswer) => judgeCertificate(answer, {at, atLeastDays, timeZone});
	const [site, api] = [of(urls.site), of(urls.api)];
	const isOther = originOf(urls.site) !== originOf(urls.api);
	return [
		...(site
			? [{probe: 'site.certificate', title: 'certificate', kind: 'certificate' as const, ...judge(site)}]
			: []),
		...(api && (isOther || !site)
			? [
					{
						probe: 'backend.certificate',
						title: 'API certificate',
						kind: 'certificate' as const,
						app: 'backend' as const,
						...judge(api),
					},
				]
			: []),
	];
};

/** What the addresses say. `at`: epoch milliseconds by the primary host. */
export const judgeAddresses = (
	environment: Environment,
	checklists: Pick<Checklists, 'files'>,
	{answers, at}: {readonly answers: AddressAnswers; readonly at: number},
): readonly ProbeFinding[] => [
	...httpQuestions(environment, checklists).flatMap(({url, expected, about}) => {
		const answer = answers.get(url);
		return answer ? [{...about, ...judgeHttp(expected, answer)}] : [];
	}),
	...certificates(environment, answers, at),
];
