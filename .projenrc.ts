import { cdk, cdk8s, javascript, typescript } from 'projen';
import { WITHOUT_CONSTRUCTS, ZONES } from './tools/layers';

const project = new cdk8s.ConstructLibraryCdk8s({
  name: 'cdk8s-istio-egress',
  description:
    'Declare what may leave an Istio mesh, who may send it and through which exit: closed-by-default manifests from one line per destination.',
  keywords: ['istio', 'egress', 'gateway', 'kubernetes', 'service-mesh', 'security'],
  author: 'cdk8s-istio-egress contributors',
  authorAddress: 'cdk8s-istio-egress@users.noreply.github.com',
  repositoryUrl: 'https://github.com/cdk8s-istio-egress/cdk8s-istio-egress.git',
  stability: 'experimental',
  license: 'Apache-2.0',
  copyrightOwner: 'cdk8s-istio-egress contributors',
  defaultReleaseBranch: 'main',

  cdk8sVersion: '2.70.0',
  constructsVersion: '10.4.0',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0', // 7 breaks ts-jest and typescript-eslint
  minNodeVersion: '20.16.0',
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,
  projenrcTsOptions: { runner: typescript.TypeScriptRunner.tsx() },
  devDeps: ['@marcbachmann/cel-js@^8', 'cdk8s-cli', 'cdk8s-plus-28', 'fast-check@^4', 'tsx'],

  // The preflight reads manifests. Apps that only synthesize never load it.
  bundledDeps: ['yaml'],

  // The repository holds no pipeline of a hosting service: `.ci/run` is the gate.
  github: false,
  release: false,
  depsUpgrade: false,

  // `dist/` is the examples' YAML; what npm publishes goes to `artifacts/`.
  artifactsDirectory: 'artifacts',
  entrypoint: 'lib/src/index.js',
  tsconfig: {
    include: ['src/**/*.ts', 'imports/**/*.ts'],
    // Maps stand beside the code: within it, every app would read them at its start, which are three quarters of all bytes.
    // What is internal stands in no published type. jsii knows it by the same tag.
    compilerOptions: { rootDir: '.', inlineSourceMap: false, sourceMap: true, stripInternal: true },
  },
  validateTsconfig: cdk.ValidateTsconfig.MINIMAL, // the strict rules forbid `stripInternal`
  tsconfigDev: {
    include: ['examples', 'tools', 'bench', 'e2e', 'src', 'imports'].map((dir) => `../${dir}/**/*.ts`),
    compilerOptions: {
      // Examples import the package by its name, exactly as a user does.
      paths: { 'cdk8s-istio-egress': ['../src/index.ts'] },
      rootDir: '..',
    },
  },
  jestOptions: {
    jestVersion: '^30',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    jestConfig: {
      moduleNameMapper: { '^cdk8s-istio-egress$': '<rootDir>/src/index.ts' },
      // Coverage when it is asked for: `npx jest --coverage`.
      collectCoverage: false,
      coveragePathIgnorePatterns: ['/node_modules/', '/imports/'],
      testPathIgnorePatterns: ['/node_modules/', '/e2e/'],
      globalSetup: '<rootDir>/test/engine-built.ts',
      setupFiles: ['<rootDir>/test/mesh-not-stated.ts'],
    },
  },
  prettier: true,
  prettierOptions: { settings: { singleQuote: true, printWidth: 120, trailingComma: javascript.TrailingComma.ALL } },
  eslintOptions: {
    dirs: ['src'],
    devdirs: ['test', 'examples', 'tools', 'bench', 'e2e', '.projenrc.ts'],
    ignorePatterns: ['imports/**', '*.js', '*.d.ts', 'node_modules/', 'lib/', 'coverage'],
    prettier: true,
  },
});

// Types are checked once, by the compiler; tests are only transpiled.
const TRANSPILED = ['ts-jest', { tsconfig: 'test/tsconfig.json', transpilation: true }];
project.tryFindObjectFile('package.json')?.addOverride('jest.transform', { '^.+\\.[t]sx?$': TRANSPILED });
project.testTask.prependExec('tsc --noEmit -p test/tsconfig.json');

project.jest?.addTestMatch('<rootDir>/examples/**/*.test.ts');
project.package.addPackageResolutions('unrs-resolver@1.12.2'); // 1.13.0 lacks published binaries, which breaks `npm ci`
project.addFields({ types: 'lib/src/index.d.ts' });
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');

// The linter's own search would stop at the package's tsconfig, which does not know the other folders.
const eslintrc = project.tryFindObjectFile('.eslintrc.json');
eslintrc?.addDeletionOverride('parserOptions.projectService');
eslintrc?.addOverride('parserOptions.project', ['./test/tsconfig.json', './projenrc/tsconfig.json']);
eslintrc?.addOverride('settings.import/resolver.typescript.project', ['./test/tsconfig.json']);

project.eslint?.addRules({
  'import/order': [
    'error',
    {
      groups: ['builtin', 'external'],
      alphabetize: { order: 'asc', caseInsensitive: true },
      // In the examples, the package is somebody else's.
      pathGroups: [{ pattern: 'cdk8s-istio-egress', group: 'external' }],
      pathGroupsExcludedImportTypes: [],
    },
  ],
  'import/no-restricted-paths': ['error', { zones: ZONES }],
});
project.eslint?.addOverride({
  files: WITHOUT_CONSTRUCTS,
  rules: { 'no-restricted-imports': ['error', 'cdk8s', 'constructs'] },
});

// Generated L1: from the pinned sources of versions.json, never by hand.
project.addTask('import', {
  description: 'Regenerate imports/ from the CRDs pinned in versions.json (needs Go)',
  exec: 'tsx tools/import-crds.ts',
});
project.addTask('synth', {
  description: 'Synthesize every example into dist/ and print one line per egress',
  exec: 'tsx --tsconfig test/tsconfig.json tools/synth-examples.ts',
});
project.addTask('bench', {
  description: 'Benchmarks against peers, as ratios',
  exec: 'tsx --tsconfig test/tsconfig.json bench/main.ts',
  receiveArgs: true,
});

project.addTask('engine', {
  description: 'Pack the engine for every platform into artifacts/engine (needs Go): npm run engine -- [PLATFORM...]',
  exec: 'tsx tools/engine.ts',
  receiveArgs: true,
});
project.addTask('e2e', {
  description:
    'Real requests through a real istiod and real Envoys (needs Linux, root, Go and Python 3; see e2e/README.md)',
  exec: 'jest --ci --config e2e/jest.config.js',
  receiveArgs: true,
});
project.addTask('e2e:images', {
  description:
    'The same with the binaries of Istio’s official images instead of those built from source (needs Docker too)',
  env: { ISTIO_FROM: 'images' },
  exec: 'jest --ci --config e2e/jest.config.js',
  receiveArgs: true,
});
project.addTask('e2e:campaign', {
  description: 'Random apps against an attacker: npm run e2e:campaign -- --minutes N --seed S [--path P]',
  exec: 'tsx e2e/adversary/main.ts',
  receiveArgs: true,
});
project.addTask('e2e:prove', {
  description: 'Proves a folder of manifests on the test bed: npm run e2e:prove -- FOLDER WORLD.yaml',
  exec: 'tsx e2e/prove.ts',
  receiveArgs: true,
});

// Nobody pays at the start of an app for what it does not use.
project.compileTask.exec('tsx tools/lazy-index.ts');
project.compileTask.exec('tsx tools/one-file.ts');

// The API is held to the one of `.api/`: what breaks it has to stand in `.compatignore`.
const compat = project.tasks.tryFind('compat');
compat?.reset('jsii-diff .api . --keys --error-on all --ignore-file .compatignore');
if (compat) compat.description = 'Compare the compiled API with that of .api/: what breaks it stands in .compatignore';
project.addTask('compat:accept', {
  description: 'Take the API as it is for that of .api/',
  steps: [{ spawn: 'compile' }, { exec: 'tsx tools/api-baseline.ts' }],
});

// Documents the hand-written API only: the generated L1 would drown it.
project.tasks.tryFind('docgen')?.reset('jsii-docgen -o API.md --submodule root');
project.packageTask.reset('mkdir -p artifacts && npm pack --silent --pack-destination artifacts');

for (const path of ['!/dist/', '!/imports/', '!/.api/.jsii']) project.gitignore.addPatterns(path);
project.gitignore.exclude('/artifacts/');
const unpublished = [
  '.api',
  'install',
  '.ci',
  'artifacts',
  'bench',
  'dist',
  'docs',
  'e2e',
  'engine',
  'examples',
  'imports',
  'rosetta',
  'tools',
];
for (const dir of unpublished) project.npmignore?.exclude(`/${dir}/`);
for (const file of ['.compatignore', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'versions.json']) {
  project.npmignore?.exclude(`/${file}`);
}

project.synth();
