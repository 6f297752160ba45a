import {defineConfig} from 'vitest/config';

// Whole servers, builds and downtimes: one file at a time, so that what is measured is the product.
export default defineConfig({
	test: {
		include: ['__tests__/system/**/*.test.ts'],
		setupFiles: ['__tests__/support/loopback-only.ts'],
		maxWorkers: 1,
		fileParallelism: false,
		testTimeout: 300_000,
		hookTimeout: 600_000,
	},
});
