// The suites of a worker share its mesh, which the global set-up brings up. They wait most of the time, so that there are more workers
// than cores. One mesh alone: `--runInBand`.
module.exports = {
  rootDir: __dirname,
  testMatch: ['<rootDir>/suites/**/*.e2e.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: `${__dirname}/tsconfig.json`, transpilation: true }] },
  // Examples import the package by its name.
  moduleNameMapper: { '^cdk8s-istio-egress$': '<rootDir>/../src/index.ts' },
  globalSetup: '<rootDir>/suites/setup.ts',
  globalTeardown: '<rootDir>/suites/teardown.ts',
  maxWorkers: 3,
  setupFiles: ['<rootDir>/suites/which-bed.js', '<rootDir>/../test/mesh-not-stated.ts'],
  testTimeout: 120_000,
};
