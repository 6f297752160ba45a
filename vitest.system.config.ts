import {defineConfig} from 'vitest/config';

// Whole days and their downtimes: one file at a time, so that what is measured is the product.
export default defineConfig({
	test: {
		include: ['__tests__/system/{backend,frontend,production}.test.ts'],
		setupFiles: ['__tests__/support/loopback-only.ts'],
		maxWorkers: 1,
		fileParallelism: false,
		testTimeout: 300_000,
		hookTimeout: 600_000,
	},
});
