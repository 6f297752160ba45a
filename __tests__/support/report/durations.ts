import type {Reporter, TestCase, TestModule} from 'vitest/node';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1).padStart(7)} s`;

type Timed = {readonly name: string; readonly ms: number};

const lengthOf = (test: TestCase): number => test.diagnostic()?.duration ?? 0;
const whole = (module: TestModule): number => {
	const {duration, setupDuration, collectDuration, prepareDuration} = module.diagnostic();
	return duration + setupDuration + collectDuration + prepareDuration;
};
const nameOf = (test: TestCase): string => `${test.module.relativeModuleId}: ${test.fullName}`;
const slowest = (all: readonly Timed[], count: number): readonly Timed[] =>
	all.toSorted((a, b) => b.ms - a.ms).slice(0, count);

/** Says at the end what took how long, per kind, file and test, and what was skipped; the reason is in its title. */
export default class DurationsReporter implements Reporter {
	onTestRunEnd(modules: readonly TestModule[]): void {
		const kinds = Map.groupBy(modules, ({project}) => project.name);
		const tests = modules.flatMap(module => [...module.children.allTests()]);
		const skipped = tests.filter(test => test.result().state === 'skipped');
		const lines = [
			'',
			'kind       files  tests  seconds in files',
			...Array.from(kinds, ([kind, files]) => {
				const count = files.reduce((sum, file) => sum + [...file.children.allTests()].length, 0);
				const ms = files.reduce((sum, file) => sum + whole(file), 0);
				return `${kind.padEnd(10)}${String(files.length).padStart(6)}${String(count).padStart(7)}${seconds(ms)}`;
			}),
			'',
			'slowest files',
			...slowest(
				modules.map(module => ({name: module.relativeModuleId, ms: whole(module)})),
				10,
			).map(({name, ms}) => `${seconds(ms)}  ${name}`),
			'',
			'slowest tests',
			...slowest(
				tests.map(test => ({name: nameOf(test), ms: lengthOf(test)})),
				10,
			).map(({name, ms}) => `${seconds(ms)}  ${name}`),
			'',
			skipped.length === 0 ? 'nothing was skipped' : `skipped: ${skipped.length}`,
			...skipped.map(test => `  ${nameOf(test)}`),
		];
		console.log(lines.join('\n'));
	}
}
