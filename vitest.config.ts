// Unit, golden, tidy and end-to-end tests. Output goes to out/: the default folder of the coverage reporter is
// coverage/, which it empties first, and which is a source folder here.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 30_000,
    coverage: {
      provider: 'v8',
      include: ['src/**', 'env/**', 'sequences/**', 'scoreboards/**', 'coverage/**', 'reports/**'],
      reportsDirectory: 'out/code-coverage',
      reporter: ['text-summary', 'json-summary', 'html'],
    },
  },
});
