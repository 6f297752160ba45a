import {defineConfig} from 'vitest/config';

// Hosts of their own, in namespaces, and the product against them: killed, cut, raced, refused, played with for long.
export default defineConfig({
	test: {
		include: ['__tests__/integration/**/*.test.ts'],
		setupFiles: ['__tests__/support/loopback-only.ts'],
		maxWorkers: 2,
		testTimeout: 180_000,
		hookTimeout: 180_000,
	},
});
