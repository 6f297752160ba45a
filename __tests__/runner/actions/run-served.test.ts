import {expect, test} from 'vitest';
import type {ServedAction} from '../../../src/domain/runs/pipeline.ts';
import type {ProbeAnswer} from '../../../src/domain/ports.ts';
import type {RunContext} from '../../../src/runner/run-context.ts';
import {runServed} from '../../../src/runner/actions/run-served.ts';

const site = 'https://preprod.example.com';
const manifest = '/_next/static/id-2/_buildManifest.js';

const ok = (body = ''): ProbeAnswer => ({durationMs: 1, outcome: {status: 200}, body});
const status = (code: number): ProbeAnswer => ({durationMs: 1, outcome: {status: code}, body: ''});
const refused: ProbeAnswer = {durationMs: 1, outcome: {error: 'connection refused'}, body: ''};
const pages = (id: string): ProbeAnswer => ok(`<script>{"buildId":"${id}"}</script>`);
const app = (id: string): ProbeAnswer => ok(String.raw`self.__next_f.push([1,"{\"b\":\"${id}\"}"])`);

/** Asks a site until it is right or a second has passed; each try takes the next answer, the last one stays. */
const ask = async (
	{page, file = [ok()]}: {readonly page: readonly ProbeAnswer[]; readonly file?: readonly ProbeAnswer[]},
	deploymentId?: string,
	timing = {withinMs: 1000, everyMs: 250, timeoutMs: 1000, sameFailureMs: 5000},
) => {
	let now = 0;
	const asked: string[] = [];
	const context = {
		probe: {
			get: async (url: string) => {
				asked.push(url.slice(site.length));
				const answers = url.endsWith('.js') ? file : page;
				const count = asked.filter(path => path === url.slice(site.length)).length;
				return answers[Math.min(count, answers.length) - 1] ?? refused;
			},
		},
		clock: {now: () => now, wait: async (ms: number) => void (now += ms)},
		signal: new AbortController().signal,
		emit: () => undefined,
		pipeline: {environment: {name: 'preprod'}},
	} as unknown as RunContext;
	const expected = {buildId: 'id-2', ...(deploymentId === undefined ? {} : {deploymentId})};
	const action: ServedAction = {kind: 'served', id: 's', site, expect: () => expected, timing};
	const says = await runServed(context, action, {}).catch((error: Error) => error.message);
	return {says, tries: asked.length / 2, asked};
};

test.each([
	{name: 'the pages router', page: pages('id-2')},
	{name: 'the app router', page: app('id-2')},
])('served: the id in the HTML of $name, and its manifest', async ({page}) => {
	const {says, tries, asked} = await ask({page: [page]});

	expect(says).toBe(`GET ${manifest} answered 200; GET / is of build id-2`);
	expect([tries, asked]).toEqual([1, [manifest, '/']]);
});

test('served: a page that shows no id, as one that only redirects, proves nothing and contradicts nothing', async () => {
	expect((await ask({page: [status(302)]})).says).toContain('GET / shows no build id');
});

test.each([
	{name: 'an old build', answers: {page: [pages('id-1')]}, why: 'GET / is of build id-1, not id-2'},
	{name: 'a page that is not found', answers: {page: [status(404)]}, why: 'GET / answered 404'},
	{name: 'a page that fails', answers: {page: [status(500)]}, why: 'GET / answered 500'},
	{name: 'no answer', answers: {page: [refused]}, why: 'GET / had no answer: connection refused'},
	{
		name: 'no manifest of the build',
		answers: {page: [pages('id-2')], file: [status(404)]},
		why: `GET ${manifest} answered 404`,
	},
])('served: $name is asked again until the time is over, and then fails with it', async ({answers, why}) => {
	const {says, tries} = await ask(answers);

	expect(says).toBe(`The site of preprod does not serve build id-2: ${why}, not right within 1.0 s`);
	expect(tries).toBe(5);
});

test('served: what the app itself says all the time decides before the deadline, a start does not', async () => {
	const patient = {withinMs: 60_000, everyMs: 2000, timeoutMs: 1000, sameFailureMs: 5000};
	const [broken, other, starting] = [status(500), pages('id-1'), status(502)];

	expect((await ask({page: [broken]}, undefined, patient)).says).toContain('GET / answered 500, the same for 5.0 s');
	expect((await ask({page: [other]}, undefined, patient)).says).toContain('not id-2, the same for 5.0 s');
	expect((await ask({page: [starting]}, undefined, patient)).says).toContain('not right within 1 min 0 s');
	expect(
		(await ask({page: [...Array.from({length: 20}, () => refused), pages('id-2')]}, undefined, patient)).says,
	).toContain('GET / is of build id-2');
});

test('served: what is wrong at first may become right', async () => {
	const {says, tries} = await ask({page: [refused, pages('id-1'), pages('id-2')]});

	expect(says).toContain('GET / is of build id-2');
	expect(tries).toBe(3);
});

test('served: where a deployment has an id of its own, it counts instead', async () => {
	const of = (id: string): ProbeAnswer => ok(`<html data-dpl-id="${id}"><script>{"buildId":"same"}</script>`);

	expect((await ask({page: [of('d-2')]}, 'd-2')).says).toContain('GET / is deployment d-2');
	expect((await ask({page: [of('d-1')]}, 'd-2')).says).toContain('GET / is of deployment d-1, not d-2');
	expect((await ask({page: [ok('<script src="/a.js?dpl=d-1">')]}, 'd-2')).says).toContain('deployment d-1, not d-2');
	expect((await ask({page: [ok('')]}, 'd-2')).says).toContain('shows no deployment id');
});
