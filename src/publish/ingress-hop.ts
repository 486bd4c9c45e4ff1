import { ApiObject, ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { IngressGateway } from './ingress-gateway';
import { GatewaySpec, VirtualServiceSpec } from '../../imports/networking.istio.io';
import { markIngressHost } from '../app/marks';
import { checkTree } from '../app/validation/check-tree';
import { OF_INGRESS } from '../app/validation/ingress';
import { HttpPort } from '../destination/http-port';
import { Accountability, writeAccountability } from '../exit/accountability';
import { GatewayAddress } from '../exit/address';
import { hopLabel } from '../exit/names';
import { ObjectKind, objectsOf } from '../mesh/manifest';
import { Plain } from '../mesh/plain';
import { shorten } from '../naming';
import { httpRoutes } from '../upstream/http-routes';

/** The name, certificate and exit for callers from outside. */
export interface IngressHopProps {
  readonly ingress: IngressGateway;
  /** Secret with certificate and key for the host name, in the ingress gateway's namespace. */
  readonly credentialName: string;
  readonly host: string;
  readonly port: HttpPort;
  readonly exit: GatewayAddress;
  readonly metadata?: ApiObjectMetadata;
  readonly accountability?: Accountability;
}

/** The objects beside the ingress gateway: it serves a host name over TLS, and leads its calls to the exit as one more client. */
export class IngressHop extends Construct {
  public readonly gateway: ApiObject;
  public readonly virtualService: ApiObject;

  public constructor(scope: Construct, id: string, props: IngressHopProps) {
    super(scope, id);
    const { ingress, host, exit, port } = props;
    checkTree(this, OF_INGRESS);
    markIngressHost(this, { namespace: ingress.namespace, selector: ingress.labels, host });
    // Istio takes no dots in a Gateway's name; the route has the same.
    const name = shorten(`${exit.exitName}-${hopLabel(host)}`);
    const { namespace } = ingress;
    const object = (kind: ObjectKind, spec: () => unknown) =>
      objectsOf(this, { namespace, metadata: props.metadata })({ kind, name, spec });
    this.gateway = object('Gateway', () => servers(props));
    this.virtualService = object(
      'VirtualService',
      () =>
        ({
          exportTo: ['.'],
          gateways: [name],
          hosts: [host],
          http: httpRoutes(
            {
              // Callers may name the ingress gateway's port; the exit knows the host without one.
              rewrite: { authority: host },
              destination: { host: exit.http.host, port: { number: exit.http.port } },
            },
            port.retries,
            'connect-failure,refused-stream,reset',
          ),
        }) satisfies Plain<VirtualServiceSpec>,
    );
    writeAccountability(props.accountability, [this.gateway, this.virtualService]);
  }
}

/** HTTPS for the host name alone; plain HTTP is told to come back with it. */
function servers({ ingress, host, credentialName }: IngressHopProps) {
  const hosts = [`./${host}`];
  return {
    selector: ingress.labels,
    servers: [
      {
        port: { name: 'http', number: ingress.httpPort, protocol: 'HTTP' },
        hosts,
        tls: { httpsRedirect: true },
      },
      {
        port: { name: 'https', number: ingress.httpsPort, protocol: 'HTTPS' },
        hosts,
        tls: { mode: 'SIMPLE', credentialName },
      },
    ],
  } satisfies Plain<GatewaySpec>;
}
