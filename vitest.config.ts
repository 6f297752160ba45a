import {defineConfig} from 'vitest/config';

export default defineConfig({
	test: {
		include: ['__tests__/**/*.test.{ts,tsx}'],
		// Whole hosts and hours of keys: npm run test:system.
		exclude: ['__tests__/integration/**', '__tests__/system/**'],
		setupFiles: ['__tests__/support/loopback-only.ts'],
		// Most of the time a test waits for a host: two at once keep two cores busy, and more only disturb each other.
		maxWorkers: 2,
		testTimeout: 60_000,
		hookTimeout: 180_000,
	},
});
