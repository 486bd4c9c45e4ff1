/** The admission policies on a real API server: what they refuse, warn of, record and let pass. */
import { readFileSync } from 'node:fs';
import { admissionHolds, review } from './guarded/admitted';
import {
  AdmissionGuard,
  EgressClient,
  EgressGateway,
  EgressGuard,
  EgressPort,
  GuardMode,
  GuardedNamespaces,
  InCluster,
  SidecarExit,
  TcpEgress,
  TlsPassthroughEgress,
} from '../../src';
import { world } from '../../test/fixtures';
import { BAD, EXIT, GOOD, object, usual } from '../../test/guard/ways-out';
import { FILES } from '../bed/layout';
import { eventually } from '../bed/poll';
import { Mesh } from '../world/mesh';
import { MANAGER } from '../world/objects';

const mesh = Mesh.attach();

const NAMESPACES = ['istio-egress', 'payments', 'legacy', 'tools', 'other', 'warned'];

/** Somebody who may write everything in a team's namespaces. */
const TEAM = ['--as=team', '--as-group=system:authenticated'];

/** A way out that needs nothing else, and what is said of it. */
const way = (namespace: string, name = 'x') => {
  const made = object('ServiceEntry', { hosts: ['evil.example'], exportTo: ['.'], resolution: 'DNS' }, namespace);
  return { ...made, metadata: { ...made.metadata, name } };
};
const SAID = 'leads sidecars straight to a host, past the exits; declare the host with an Egress';

/** What the CRDs want besides, so that it is admission that decides: they are asked first. */
const COMPLETE: Record<string, object> = {
  VirtualService: { http: [{ route: [{ destination: { host: 'evil.example' } }] }] },
  ServiceEntry: { ports: [{ number: 443, name: 'tls', protocol: 'TLS' }] },
  Gateway: { servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }] },
  NetworkPolicy: { podSelector: {} },
  TLSRoute: { hostnames: ['a.example'], rules: [{ backendRefs: [{ name: 'x', port: 443 }] }] },
  BackendTLSPolicy: { validation: { hostname: 'a.example', wellKnownCACertificates: 'System' } },
  TrafficExtension: { lua: { inlineCode: 'x = 1' } },
};

const complete = (kind: string, spec: any, namespace?: string) =>
  object(kind, spec && { ...COMPLETE[kind], ...spec }, namespace);

async function applyGuards(objects: object[]) {
  const isGuard = ({ kind }: any) => kind.startsWith('ValidatingAdmissionPolicy');
  await mesh.apply(objects.filter(isGuard));
}

/** What the audit log has of objects of a name. */
function recorded(name: string): any[] {
  return readFileSync(FILES.audit, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .filter(({ objectRef }) => objectRef?.name === name && !objectRef.subresource); // istiod writes its status
}

const FAILURE = 'validation.policy.admission.k8s.io/validation_failure';

beforeAll(async () => {
  for (const name of NAMESPACES) await mesh.namespace(name, { injection: false });
});
afterAll(async () => mesh.reset());

describe('before the guard', () => {
  it.each(BAD.map(([kind, spec, said, namespace]) => ({ kind, said, spec, namespace })))(
    'a $kind passes: $said',
    async ({ kind, spec, namespace }) => {
      const { accepted, said } = await review(mesh, complete(kind, spec, namespace), ['--dry-run=server']);
      expect(accepted).toBe(true);
      expect(said).not.toContain('ValidatingAdmissionPolicy');
    },
  );

  it('a way out is there already', async () => {
    await mesh.apply(way('payments', 'old'));
    await mesh.apply({
      ...way('payments', 'held'),
      metadata: { name: 'held', namespace: 'payments', finalizers: ['a.example/b'] },
    });
  });
});

describe('with it', () => {
  beforeAll(async () => {
    await applyGuards(usual());
    await admissionHolds(mesh, 'payments');
    await admissionHolds(mesh, 'other');
  });

  it.each(BAD.map(([kind, spec, message, namespace]) => ({ kind, message, spec, namespace })))(
    'a $kind is refused: $message',
    async ({ kind, spec, message, namespace }) => {
      const { accepted, said } = await review(mesh, complete(kind, spec, namespace));
      expect(accepted).toBe(false);
      expect(said).toContain("ValidatingAdmissionPolicy 'egress-guard'");
      expect(said).toContain(message);
    },
  );

  it.each(GOOD.filter(([, spec]) => spec).map(([kind, spec, namespace]) => ({ kind, spec, namespace })))(
    'a $kind in $namespace passes: $spec',
    async ({ kind, spec, namespace }) => {
      const { accepted, said } = await review(mesh, complete(kind, spec, namespace), ['--dry-run=server']);
      expect(accepted).toBe(true);
      expect(said).not.toContain('ValidatingAdmissionPolicy');
    },
  );

  it('takes whatever the platform writes in its own namespaces', async () => {
    expect((await review(mesh, way(EXIT))).accepted).toBe(true);
    expect((await review(mesh, way('istio-system'))).accepted).toBe(true);
  });

  it('takes whatever is written in a namespace with the label of exemption', async () => {
    expect((await review(mesh, way('other'))).accepted).toBe(false);
    await mesh.namespace('other', { injection: false, labels: { 'egress-guard': 'exempt' } });
    expect((await review(mesh, way('other'))).accepted).toBe(true);
  });

  it('leaves what is there already, until somebody touches it', async () => {
    const annotate = ['annotate', 'serviceentry', 'old', '-n', 'payments', 'a=b'];
    const { stderr } = await mesh.kubectl(annotate, { mayFail: true });
    expect(stderr).toContain(SAID);
    expect((await mesh.kubectl(['delete', 'serviceentry', 'old', '-n', 'payments'])).code).toBe(0);
  });

  it('leaves alone what is being deleted: its finalizers can go', async () => {
    await mesh.kubectl(['delete', 'serviceentry', 'held', '-n', 'payments', '--wait=false']);
    const free = [
      'patch',
      'serviceentry',
      'held',
      '-n',
      'payments',
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":[]}}',
    ];
    await mesh.kubectl(free);
    expect((await mesh.kubectl(['get', 'serviceentry', 'held', '-n', 'payments'], { mayFail: true })).code).not.toBe(0);
  });

  it('an object that a finalizer keeps cannot come to say something else', async () => {
    const sidecar = object('Sidecar', { egress: [{ hosts: ['./*'] }] });
    const kept = { ...sidecar, metadata: { ...sidecar.metadata, name: 'kept', finalizers: ['a.example/b'] } };
    expect((await review(mesh, kept)).accepted).toBe(true);
    await mesh.kubectl(['delete', 'sidecar', 'kept', '-n', 'payments', '--wait=false']);
    const patch = async (content: object) =>
      mesh.kubectl(['patch', 'sidecar', 'kept', '-n', 'payments', '--type=merge', '-p', JSON.stringify(content)], {
        mayFail: true,
      });
    const opened = await patch({ spec: { outboundTrafficPolicy: { mode: 'ALLOW_ANY' } } });
    expect(opened.stderr).toContain('ALLOW_ANY');
    expect((await patch({ metadata: { finalizers: [] } })).code).toBe(0);
  });

  it('counts what it said', async () => {
    const { stdout } = await mesh.kubectl(['get', '--raw', '/metrics']);
    expect(stdout).toMatch(
      /^apiserver_validating_admission_policy_check_total\{.*enforcement_action="deny".*policy="egress-guard"/m,
    );
  });
});

/** What a platform's app has, over its versions. */
interface Version {
  readonly mode?: GuardMode;
  readonly api?: boolean;
  readonly direct?: boolean;
  readonly second?: boolean;
  readonly endpoints?: number;
}

/** The app's objects for teams' namespaces and its policies; the exit's own pods are not needed here. */
function version({ mode = GuardMode.ENFORCE, api, direct, second, endpoints }: Version): any[] {
  const { platform, chart, manifests } = world();
  const admission = new AdmissionGuard(platform, 'Admission', { mode: GuardMode.ENFORCE });
  const namespaces = GuardedNamespaces.named(['payments']);
  const inCluster = api ? InCluster.none().andKubernetesApi(['192.0.2.1']) : InCluster.none();
  new EgressGuard(platform, 'Guard', { namespaces, inCluster, mode, admission, directPortsToAnyAddress: true });
  const clients = [EgressClient.namespace('payments')];
  const exit = new SidecarExit();
  if (direct) new TlsPassthroughEgress(chart, 'Direct', { hosts: ['direct.example'], exit, clients });
  if (endpoints) {
    const many = Array.from({ length: endpoints }, (_, i) => ({ address: `198.18.${Math.floor(i / 256)}.${i % 256}` }));
    new TcpEgress(chart, 'Many', { hosts: ['many.example'], port: 5432, exit, clients, endpoints: many });
  }
  if (second) {
    const gateway = new EgressGateway(platform, 'Second', { name: 'second', namespace: 'other' });
    gateway.grant('A', { hosts: ['a.example'], ports: [EgressPort.tlsOrigination()], clients });
  }
  const looked =
    /^(ValidatingAdmission.*|VirtualService|DestinationRule|ServiceEntry|Gateway|Sidecar|NetworkPolicy|Telemetry|Service)$/;
  return manifests().all.filter(({ kind }) => looked.test(kind));
}

/** As the same tool that applied the version before. */
const AS_BEFORE = ['--force-conflicts', `--field-manager=${MANAGER}`];

describe('from one version of the app to the next', () => {
  const steps: [title: string, next: Version][] = [
    ['to WARN', { mode: GuardMode.WARN }],
    ['back to OBSERVE', { mode: GuardMode.OBSERVE }],
    ['with the Kubernetes API', { api: true }],
    ['with a host that is called without an exit', { direct: true }],
    ['with a second exit', { second: true }],
    ['with a thousand addresses', { endpoints: 1000 }],
  ];
  const yaml = (objects: object[]) => objects.map((made) => JSON.stringify(made)).join('\n---\n');

  beforeAll(async () => {
    await mesh.kubectl(['delete', 'validatingadmissionpolicies,validatingadmissionpolicybindings', '--all']);
    await mesh.namespace('other', { injection: false, labels: {} });
    await mesh.kubectl(['label', 'namespace', 'other', 'egress-guard-'], { mayFail: true });
    await mesh.kubectl([
      'create',
      'rolebinding',
      'team',
      '--clusterrole=cluster-admin',
      '--user=team',
      '-n',
      'payments',
    ]);
    const label = ['namespaces,namespaces/status', 'patch,update,get'];
    await mesh.kubectl(['create', 'clusterrole', 'labels', `--resource=${label[0]}`, `--verb=${label[1]}`]);
    await mesh.kubectl(['create', 'clusterrolebinding', 'labels', '--clusterrole=labels', '--user=team']);
    await mesh.apply(version({}));
    await admissionHolds(mesh, 'payments');
  }, 120_000);
  afterAll(async () => {
    await mesh.kubectl(['delete', 'clusterrolebinding,clusterrole', 'labels']);
    await mesh.kubectl(['delete', 'validatingadmissionpolicies,validatingadmissionpolicybindings', '--all']);
  });

  it.each(steps)(
    '%s: its owner may try all of it out, and apply it object by object; a team may not',
    async (_, next) => {
      const objects = version(next);
      const opens = objects.filter(({ metadata }) => metadata.namespace === 'payments');
      // For the team alone, which has to be held to the policies of before; what the owner may does not wait for any of them.
      if (next.second === undefined) {
        await eventually('the API server to know the policies of before', async () => {
          const ofTeam = await review(mesh, yaml(opens), [...TEAM, '--dry-run=server', '--force-conflicts']);
          return !ofTeam.accepted;
        });
      }
      const tried = await review(mesh, yaml(objects), ['--dry-run=server', ...AS_BEFORE]);
      expect({ accepted: tried.accepted, said: tried.said }).toEqual({ accepted: true, said: '' });
      for (const made of objects.filter(({ kind }) => !kind.startsWith('ValidatingAdmission'))) {
        const { accepted, said } = await review(mesh, made, AS_BEFORE);
        expect({ made: made.kind, accepted, said }).toEqual({ made: made.kind, accepted: true, said: '' });
      }
      await mesh.apply(objects);
      await mesh.apply(version({}));
      await admissionHolds(mesh, 'payments');
    },
    120_000,
  );

  it('a thousand addresses pass by what they say too: the rule stays within its cost', async () => {
    await mesh.apply(version({ endpoints: 1000 }));
    const policy = version({ endpoints: 1000 }).find(({ kind }) => kind === 'NetworkPolicy');
    const copy = { ...policy, metadata: { namespace: 'payments', name: 'copy' } };
    const more = { ...policy, metadata: { namespace: 'payments', name: 'more' }, spec: structuredClone(policy.spec) };
    more.spec.egress.at(-1).to.push({ ipBlock: { cidr: '203.0.113.66/32' } });
    await eventually('the API server to know the addresses', async () => {
      const { accepted } = await review(mesh, copy, ['--dry-run=server']);
      return accepted;
    });
    const { said } = await review(mesh, more, ['--dry-run=server']);
    expect(said).toContain('opens addresses in a guarded namespace');
  });

  it("a team cannot change or delete the guard's objects, nor exempt its namespace", async () => {
    const refused = async (...args: string[]) => {
      const { code, stderr } = await mesh.kubectl([...args, ...TEAM], { mayFail: true });
      return code === 0 ? 'taken' : stderr;
    };
    const guard = ['payments-platform-guard', '-n', 'payments'];
    const kept = 'what keeps this namespace closed';
    expect(await refused('delete', 'networkpolicy', ...guard)).toContain(kept);
    expect(await refused('delete', 'sidecar', ...guard)).toContain(kept);
    expect(await refused('delete', 'networkpolicies', '--all', '-n', 'payments')).toContain(kept);
    const nowhere = '{"spec":{"podSelector":{"matchLabels":{"no":"pod"}}}}';
    expect(await refused('patch', 'networkpolicy', ...guard, '--type=merge', '-p', nowhere)).toContain(kept);
    expect(await refused('label', 'namespace', 'payments', 'egress-guard=exempt')).toContain('exempts a namespace');
    expect(await refused('label', 'namespace', 'payments', 'team=x')).toBe('taken');
    expect(await refused('annotate', 'networkpolicy', ...guard, 'a=b')).toBe('taken');
    const own = object('NetworkPolicy', { podSelector: {}, egress: [] });
    expect((await review(mesh, own, TEAM)).accepted).toBe(true);
    expect(await refused('delete', 'networkpolicy', 'x', '-n', 'payments')).toBe('taken');
  });

  it('nor all at once, nor by what else an object says of itself', async () => {
    const refused = async (...args: string[]) => {
      const { code, stderr } = await mesh.kubectl([...args, ...TEAM], { mayFail: true });
      return code === 0 ? 'taken' : stderr;
    };
    const kept = 'what keeps this namespace closed';
    // Of a collection, the API server tells admission no name.
    for (const resource of ['networking.k8s.io/v1/%/networkpolicies', 'networking.istio.io/v1/%/sidecars']) {
      const path = `/apis/${resource.replace('%', 'namespaces/payments')}`;
      expect(await refused('delete', '--raw', path)).toContain(kept);
    }
    const sidecar = ['sidecar', 'payments-platform-guard', '-n', 'payments'];
    // istiod does not read what is for another revision of it.
    expect(await refused('label', ...sidecar, 'istio.io/rev=none')).toContain(kept);
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: '8f2c7c1e-0000-4000-8000-000000000000' };
    // Kubernetes deletes what belongs to something that is gone.
    const owned = JSON.stringify({ metadata: { ownerReferences: [owner] } });
    expect(await refused('patch', ...sidecar, '--type=merge', '-p', owned)).toContain(kept);
    const exempt = JSON.stringify({ metadata: { labels: { 'egress-guard': 'exempt' } } });
    const ofNamespace = ['namespace', 'payments', '--type=merge', '-p', exempt];
    expect(await refused('patch', '--subresource=status', ...ofNamespace)).toContain('exempts a namespace');
  });

  it('its owner can', async () => {
    const { code } = await mesh.kubectl(['delete', 'networkpolicy', 'payments-platform-guard', '-n', 'payments']);
    expect(code).toBe(0);
  });
});

describe('in the other modes', () => {
  const modes: [GuardMode, string][] = [
    [GuardMode.OBSERVE, 'legacy'],
    [GuardMode.WARN, 'warned'],
    [GuardMode.ENFORCE, 'payments'],
  ];

  beforeAll(async () => {
    const { platform, manifests } = world();
    const admission = new AdmissionGuard(platform, 'Admission', { mode: GuardMode.OBSERVE });
    for (const [mode, namespace] of modes) {
      const namespaces = GuardedNamespaces.named([namespace]);
      new EgressGuard(platform, mode, { namespaces, inCluster: InCluster.none(), mode, admission });
    }
    await mesh.kubectl(['delete', 'validatingadmissionpolicybindings', '--all']);
    await applyGuards(manifests().all);
    await admissionHolds(mesh, 'payments');
    const isTaken = async () => (await review(mesh, way('tools'), ['--dry-run=server'])).accepted;
    await eventually('the API server to forget the binding of before', isTaken);
  });

  it('ENFORCE refuses, and the audit log has it', async () => {
    const { accepted, said } = await review(mesh, way('payments', 'enforced'));
    expect({ accepted, said }).toEqual({ accepted: false, said: expect.stringContaining(SAID) });
    expect(recorded('enforced').at(-1).annotations[FAILURE]).toContain(SAID);
  });

  it('WARN takes it and says why it would not; the audit log has it', async () => {
    const { accepted, said } = await review(mesh, way('warned', 'warned'));
    expect({ accepted, said }).toEqual({ accepted: true, said: expect.stringMatching(/^Warning: /) });
    expect(said).toContain(SAID);
    expect(recorded('warned').at(-1).annotations[FAILURE]).toContain(SAID);
  });

  it('WARN says of what is there already what it would say, without changing it', async () => {
    const { stdout } = await mesh.kubectl(['get', 'serviceentries.networking.istio.io', '-n', 'warned', '-o', 'yaml']);
    const { stderr } = await mesh.kubectl(['apply', '--dry-run=server', '-f', '-'], { input: stdout });
    expect(stderr).toContain(SAID);
  });

  it('OBSERVE takes it without a word; the audit log has it, with who wrote it', async () => {
    const { accepted, said } = await review(mesh, way('legacy', 'observed'));
    expect({ accepted, said }).toEqual({ accepted: true, said: '' });
    const last = recorded('observed').at(-1);
    expect(last.annotations[FAILURE]).toContain(SAID);
    expect(last).toMatchObject({
      user: { username: 'admin' },
      objectRef: { namespace: 'legacy', resource: 'serviceentries' },
    });
  });

  it('namespaces without a guard are in the mode of the admission guard', async () => {
    const { accepted, said } = await review(mesh, way('tools', 'unguarded'));
    expect({ accepted, said }).toEqual({ accepted: true, said: '' });
    expect(recorded('unguarded').at(-1).annotations[FAILURE]).toContain(SAID);
  });
});
