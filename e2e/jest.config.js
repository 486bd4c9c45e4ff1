// The suites share one mesh, which the global set-up brings up: they run one after the other.
module.exports = {
  rootDir: __dirname,
  testMatch: ['<rootDir>/suites/**/*.e2e.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: `${__dirname}/tsconfig.json` }] },
  // Examples import the package by its name.
  moduleNameMapper: { '^cdk8s-istio-egress$': '<rootDir>/../src/index.ts' },
  globalSetup: '<rootDir>/suites/setup.ts',
  globalTeardown: '<rootDir>/suites/teardown.ts',
  maxWorkers: 1,
  testTimeout: 120_000,
};
