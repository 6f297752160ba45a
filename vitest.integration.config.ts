import {defineConfig} from 'vitest/config';

// Hosts of their own, in namespaces, and the product against them: killed, cut, raced, refused, broken, played with for
// long. None of them measures how long something takes.
export default defineConfig({
	test: {
		include: [
			'__tests__/integration/**/*.test.ts',
			'__tests__/system/{broken-backend,broken-frontend,rollback-despite,host}.test.ts',
		],
		setupFiles: ['__tests__/support/loopback-only.ts'],
		maxWorkers: 2,
		testTimeout: 300_000,
		hookTimeout: 600_000,
	},
});
