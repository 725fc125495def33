import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{server,sdk,cli,bench}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/*.e2e.test.ts'],
    globalSetup: ['server/test/global-setup.ts'],
    // A world of fifty thousand rows takes a minute to make on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // Several promises are about time, and a machine that does something else breaks them now and then. What is broken stays so.
    retry: process.env.CI ? 2 : 0,
  },
});
