import {defineConfig} from 'vitest/config';

export default defineConfig({
	test: {
		include: ['__tests__/**/*.test.{ts,tsx}'],
		setupFiles: ['__tests__/support/loopback-only.ts'],
		testTimeout: 30_000,
		hookTimeout: 120_000,
	},
});
