import {availableParallelism} from 'node:os';
import {defineConfig} from 'vitest/config';
import {testPrograms} from './scripts/text-files.ts';

const cores = availableParallelism();

/** What `npm test` leaves out; see CONTRIBUTING for when to run which. */
const system = ['__tests__/faults/**', '__tests__/integration/**', '__tests__/system/**'];

const setup = (...names: readonly string[]): string[] => names.map(name => `__tests__/support/setup/${name}.ts`);

export default defineConfig({
	plugins: [testPrograms],
	// React as users run it: the stack of every element costs a third of a frame.
	oxc: {jsx: {runtime: 'automatic', development: false}},
	test: {
		reporters: ['default', './__tests__/support/report/durations.ts'],
		projects: [
			{
				extends: true,
				test: {
					name: 'pure',
					include: ['__tests__/**/*.test.{ts,tsx}'],
					exclude: ['__tests__/**/*.{host,terminal}.test.*', ...system],
					setupFiles: setup('loopback-only', 'fixed-seed', 'this-process-only'),
					// Nothing is left behind by a test here, so modules are shared and nothing is started anew.
					pool: 'threads',
					isolate: false,
					maxWorkers: cores,
					env: {NODE_ENV: 'production'},
					// No test is judged by how long it takes: this ends one that hangs.
					testTimeout: 60_000,
					sequence: {groupOrder: 0},
				},
			},
			{
				extends: true,
				test: {
					name: 'host',
					include: ['__tests__/**/*.host.test.ts'],
					// A fifth of the time was starting anew what each file starts with.
					isolate: false,
					globalSetup: setup('build', 'sshd'),
					setupFiles: setup('loopback-only', 'fixed-seed'),
					pool: 'forks',
					// Most of the time such a test waits for a process.
					maxWorkers: cores + 1,
					testTimeout: 60_000,
					hookTimeout: 180_000,
					sequence: {groupOrder: 1},
				},
			},
			{
				extends: true,
				test: {
					name: 'terminal',
					include: ['__tests__/**/*.terminal.test.ts'],
					globalSetup: setup('build'),
					setupFiles: setup('loopback-only', 'fixed-seed'),
					pool: 'forks',
					maxWorkers: cores + 1,
					testTimeout: 60_000,
					hookTimeout: 180_000,
					sequence: {groupOrder: 1},
				},
			},
			{
				extends: true,
				test: {
					// Hosts of their own, in namespaces, and the product against them: killed, cut, raced, refused, broken.
					name: 'system',
					include: ['__tests__/{integration,system,faults}/**/*.test.ts'],
					globalSetup: setup('build'),
					setupFiles: setup('loopback-only', 'fixed-seed'),
					pool: 'forks',
					maxWorkers: cores + 1,
					testTimeout: 300_000,
					hookTimeout: 600_000,
					sequence: {groupOrder: 2},
				},
			},
		],
	},
});
