import fc from 'fast-check';
import { documents, manifests, OURS } from './given';
import { Manifest, toManifest } from '../../src/model/manifest';
import { collect } from '../../src/preflight/finding';
import { preflight } from '../../src/preflight/preflight';
import { READ_KINDS } from '../../src/preflight/world';

const NAMES = ['istio-egress', 'payments', 'istio-system', 'x'];
const HOSTS = [
  'api.stripe.com',
  '*.stripe.com',
  '*',
  'istio-egress.istio-egress.svc.cluster.local',
  './*',
  'x/y/z',
  '',
];
const FIELDS = [
  ...[
    'hosts',
    'host',
    'exportTo',
    'gateways',
    'http',
    'tls',
    'tcp',
    'route',
    'match',
    'destination',
    'port',
    'number',
    'ports',
  ],
  ...[
    'selector',
    'matchLabels',
    'labels',
    'servers',
    'protocol',
    'mode',
    'subsets',
    'trafficPolicy',
    'portLevelSettings',
    'name',
  ],
  ...[
    'egress',
    'workloadSelector',
    'outboundTrafficPolicy',
    'template',
    'metadata',
    'spec',
    'containers',
    'env',
    'rules',
    'from',
  ],
  ...[
    'source',
    'to',
    'operation',
    'when',
    'action',
    'resolution',
    'endpoints',
    'addresses',
    'configPatches',
    'context',
    'jwtRules',
  ],
  ...[
    'sniHosts',
    'targetPort',
    'bind',
    'annotations',
    'istio',
    'delegate',
    'mirror',
    'discoverySelectors',
    'targetRefs',
  ],
];
const API: Record<string, string> = {
  ...{ Service: 'v1', Namespace: 'v1', ConfigMap: 'v1', Pod: 'v1', Deployment: 'apps/v1', StatefulSet: 'apps/v1' },
  ...{ AuthorizationPolicy: 'security.istio.io/v1', RequestAuthentication: 'security.istio.io/v1' },
  WasmPlugin: 'extensions.istio.io/v1alpha1',
};

/** Values that have the right fields in the wrong places, with the wrong types. */
const { anything } = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(
      ...NAMES,
      ...HOSTS,
      'ISTIO_MUTUAL',
      'HTTP',
      'HTTPS',
      'TLS',
      'mesh',
      80,
      443,
      8080,
      null,
      true,
      '.',
      '*',
      '~',
    ),
    fc.anything(),
  ),
  anything: fc.oneof(
    { depthSize: 'medium' },
    tie('leaf'),
    fc.array(tie('anything'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...FIELDS), tie('anything'), { maxKeys: 5 }),
  ),
}));

const manifest = fc
  .record({
    kind: fc.constantFrom(...READ_KINDS),
    metadata: fc.record({
      ...{ name: fc.constantFrom(...NAMES, 'istio'), namespace: fc.oneof(fc.constantFrom(...NAMES), anything) },
      ...{ labels: anything, annotations: anything, creationTimestamp: anything, ownerReferences: anything },
    }),
    spec: anything,
    data: fc.oneof(anything, fc.record({ mesh: fc.oneof(fc.string(), anything) })),
  })
  .map((content) => ({ apiVersion: API[content.kind] ?? 'networking.istio.io/v1', ...content }));

const read = (contents: unknown[], file: string): Manifest[] =>
  contents.flatMap((content, line) => toManifest(content, { file, line }) ?? []);

test('no YAML makes it fail, on either side', () => {
  const ours = manifests(OURS, 'ours.yaml');
  fc.assert(
    fc.property(fc.array(manifest, { maxLength: 8 }), fc.array(manifest, { maxLength: 4 }), (cluster, more) => {
      preflight(read(cluster, 'cluster'), [...ours, ...read(more, 'ours')]);
      preflight([...ours, ...read(cluster, 'cluster')], read(more, 'ours'));
    }),
    { numRuns: 300 },
  );
});

test('what is the same as ours is no finding', () => {
  expect(preflight(manifests(OURS), manifests(OURS))).toEqual([]);
});

test('the order of the input does not matter, nor that of the rules', () => {
  const cluster = manifests(
    documents(
      OURS.replaceAll('namespace: payments', 'namespace: shop'),
      OURS.replaceAll('name: istio-egress', 'name: other'),
    ),
  );
  const ours = manifests(OURS, 'ours.yaml');
  const expected = preflight(cluster, ours);
  expect(expected.length).toBeGreaterThan(2);
  fc.assert(
    fc.property(fc.shuffledSubarray(cluster, { minLength: cluster.length }), (shuffled) => {
      expect(preflight(shuffled, ours)).toEqual(expected);
      expect(collect([...expected].reverse())).toEqual(expected);
    }),
    { numRuns: 20 },
  );
});
