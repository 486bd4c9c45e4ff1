import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { ServedHost } from './gateway-servers';
import { GatewaySpec, VirtualServiceSpec } from '../../imports/networking.istio.io';
import { AuthorizationPolicySpec } from '../../imports/security.istio.io';
import { httpPorts } from '../destination/egress-port';
import { describe } from '../errors';
import { OwnGatewayAddress } from '../exit/address';
import { objectsOf } from '../mesh/manifest';
import { dottedName, shorten } from '../naming';
import { ownAuthority } from '../upstream/authorities';
import { subsetName } from '../upstream/destination-rule';
import { httpRoutes } from '../upstream/http-routes';
import { ResolvedProbe, PROBE_ADDRESS, PROBE_PORT, PROBE_PATH } from './pods/upstream-probe';
import { Plain } from '../mesh/plain';

/** The way of the probe through the gateway: the one path, and nothing else. */
export class ProbeRoute extends Construct {
  public readonly authorizationPolicy: ApiObject;
  public readonly gateway: ApiObject;
  public readonly virtualService: ApiObject;

  public constructor(
    scope: Construct,
    id: string,
    gateway: OwnGatewayAddress,
    private readonly probe: ResolvedProbe,
    private readonly upstream: () => ServedHost | undefined,
  ) {
    super(scope, id);
    const object = objectsOf(this, gateway);
    const name = dottedName(gateway.exitName, 'upstream.probe');
    // Istio takes no dots in a Gateway's name.
    const server = shorten(`${gateway.exitName}-upstream-probe`);
    this.authorizationPolicy = object({
      kind: 'AuthorizationPolicy',
      name,
      spec: () =>
        ({
          selector: { matchLabels: gateway.selector },
          action: 'ALLOW',
          rules: [
            {
              from: [{ source: { ipBlocks: [PROBE_ADDRESS] } }],
              to: [{ operation: { ports: [`${PROBE_PORT}`], methods: ['GET'], paths: [PROBE_PATH] } }],
            },
          ],
        }) satisfies Plain<AuthorizationPolicySpec>,
    });
    // It cannot ask for mutual TLS: who asks is a command, without an identity in the mesh.
    this.gateway = object({
      kind: 'Gateway',
      name: server,
      spec: () =>
        ({
          selector: gateway.selector,
          servers: [
            {
              bind: PROBE_ADDRESS,
              port: { name: 'probe', number: PROBE_PORT, protocol: 'HTTP' },
              hosts: [`./${PROBE_ADDRESS}`],
            },
          ],
        }) satisfies Plain<GatewaySpec>,
    });
    this.virtualService = object({
      kind: 'VirtualService',
      name,
      spec: () =>
        ({
          exportTo: ['.'],
          gateways: [server],
          hosts: [PROBE_ADDRESS],
          http: this.routes(),
        }) satisfies Plain<VirtualServiceSpec>,
    });
    this.node.addValidation({ validate: () => this.problems() });
  }

  private routes() {
    const target = this.target();
    if (!target) return [];
    const { host, port, ports } = target;
    return httpRoutes(
      {
        match: { port: PROBE_PORT, uri: { exact: PROBE_PATH } },
        rewrite: { uri: this.probe.path, authority: ownAuthority(host, port) },
        destination: { host, port: { number: port.upstreamPort }, subset: subsetName(port, ports) },
        // `pilot-agent wait` would follow the upstream to wherever it is told to go.
        headers: { request: port.headers.request, response: { remove: ['location'] } },
        timeout: `${this.probe.timeoutSeconds}s`,
      },
      undefined,
      '',
    );
  }

  private target() {
    const served = this.upstream();
    const [port] = served ? httpPorts(served.ports) : [];
    return served && port && { host: served.upstreamHost, port, ports: served.ports };
  }

  private problems(): string[] {
    if (this.target()) return [];
    return [
      describe('ProbeSyntax', this, {
        what: 'no HTTP port of an upstream is declared, so there is nothing that the probe could ask',
        fix: 'declare one, or leave `upstreamProbe` out',
      }),
    ];
  }
}
