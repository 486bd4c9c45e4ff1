import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { api } from './api';
import { compileApplication } from './compile';
import { startApiServer } from './control/api-server';
import { startDns } from './control/dns';
import { declareInjector } from './control/injector';
import { OutboundMode, startIstiod, writeMeshConfig } from './control/istiod';
import { adaptWaypoints } from './control/plain-envoy';
import { ISTIOD, declareSystemPods, place } from './control/system-pods';
import { declareValidator, validatorDecides } from './control/validator';
import { Hold } from './hold';
import { FILES, INTERNET, NODE } from './layout';
import { createInternet, createNode } from './network';
import { Parts, buildParts, installDebianTools } from './parts';
import { eventually } from './poll';
import { daemon, run, typescript } from './process';
import { ask } from './socket';

export interface BedOptions {
  /** What a sidecar does with calls to hosts that nobody declared. @default REGISTRY_ONLY */
  readonly outbound?: OutboundMode;
  /** Seconds to wait for another mesh on this machine to end. @default 1800 */
  readonly wait?: number;
}

async function applyCrds(built: Parts) {
  const files = built.crds.flatMap((path) => ['-f', path]);
  await run([built.kubectl, `--kubeconfig=${FILES.kubeconfig}`, 'apply', '--server-side', ...files], { netns: NODE });
  await run(
    [built.kubectl, `--kubeconfig=${FILES.kubeconfig}`, 'wait', '--for=condition=Established', 'crd', '--all'],
    {
      netns: NODE,
    },
  );
}

async function startInternet() {
  await createInternet();
  const command = typescript(join(__dirname, 'internet/main.ts'));
  daemon(command, { netns: INTERNET, log: join(FILES.logs, 'internet.log') });
  await eventually('the internet to answer', async () => Boolean(await ask(FILES.internet, '/records/0')));
}

/** `default` says that it wants no sidecars: every other namespace is declared by a test. */
async function declareNamespaces() {
  const own = { 'istio-system': {}, 'kube-system': {}, default: { 'istio-injection': 'disabled' } };
  for (const [name, labels] of Object.entries(own)) {
    const metadata = { name, labels };
    await api.apply(`/api/v1/namespaces/${name}`, { apiVersion: 'v1', kind: 'Namespace', metadata }, 'bed');
  }
}

/** The running parts of a mesh on this machine. */
export class Bed {
  /** Builds what is missing, waits for the machine's only mesh, and brings it up empty. */
  static async up(options: BedOptions = {}): Promise<Bed> {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      throw new Error('the test bed makes network namespaces: it needs Linux and root');
    }
    await installDebianTools();
    const hold = await Hold.take(options.wait ?? 1800);
    try {
      const built = await buildParts();
      mkdirSync(FILES.logs, { recursive: true });
      mkdirSync(FILES.pods);
      compileApplication();
      writeMeshConfig(options.outbound ?? 'REGISTRY_ONLY');
      await createNode();
      await Promise.all([startDns(), place(ISTIOD), startApiServer(built), startInternet()]);
      await applyCrds(built);
      await declareNamespaces();
      await declareSystemPods();
      await declareInjector();
      await declareValidator();
      const kubelet = typescript(join(__dirname, 'kubelet/main.ts'), JSON.stringify(built));
      daemon(kubelet, { netns: NODE, log: join(FILES.logs, 'kubelet.log') });
      await startIstiod(built);
      await validatorDecides();
      if (built.envoyIsUpstream) await adaptWaypoints();
      writeFileSync(FILES.parts, JSON.stringify(built));
      return new Bed(built, hold);
    } catch (error) {
      await hold.release();
      throw error;
    }
  }

  private constructor(
    readonly parts: Parts,
    private readonly hold: Hold,
  ) {}

  /** Ends and removes everything. */
  async down(): Promise<void> {
    await this.hold.release();
  }
}
