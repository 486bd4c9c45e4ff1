/** The admission policies on a real API server: what they refuse, warn of, record and let pass. */
import { readFileSync } from 'node:fs';
import { admissionHolds, review } from './guarded/admitted';
import { AdmissionGuard, EgressGuard, GuardMode, GuardedNamespaces, InCluster } from '../../src';
import { world } from '../../test/fixtures';
import { BAD, EXIT, GOOD, object, usual } from '../../test/guard/ways-out';
import { FILES } from '../bed/layout';
import { eventually } from '../bed/poll';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

const NAMESPACES = ['istio-egress', 'payments', 'legacy', 'tools', 'other', 'warned'];

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

  it('counts what it said', async () => {
    const { stdout } = await mesh.kubectl(['get', '--raw', '/metrics']);
    expect(stdout).toMatch(
      /^apiserver_validating_admission_policy_check_total\{.*enforcement_action="deny".*policy="egress-guard"/m,
    );
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
