import { defineConfig, type ViteUserConfig } from 'vitest/config';

const conditions = ['@lunet/source', 'node', 'import', 'module', 'default'];

/** One vitest configuration for every package: sources without a build, and a JSON report that `npm test` counts. */
const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: '.test/report.json' }]],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
  },
});

export default config;
