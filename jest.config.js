import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  transform: { '\\.ts$|/public/.*\\.js$': '@swc/jest' },
  moduleNameMapper: {
    '^(\\.\\.?|.*/public/assets/scripts)/words\\.js$':
      '<rootDir>/public/assets/scripts/languages/en.js',
    '^(@observablehq/plot)$': '<rootDir>/node_modules/$1/dist/plot.umd.min.js',
    '^d3@': '<rootDir>/node_modules/d3/dist/d3.min.js',
  },
  globalSetup: './test/support/build.ts',
  testSequencer: './test/support/longest-first.cjs',
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  // A third of the time, a suite waits for what it has started
  maxWorkers: availableParallelism() + 1,
  workerGracefulExitTimeout: 3000,
  testTimeout: 60_000,
};
