import { App, Chart, Testing } from 'cdk8s';
import { EgressGateway, GatewayWorkload } from '../src';
import { Manifests } from '../src/assertions';

/** The selector of the exit's policies, and the pods' nodes. */
function made(workload: GatewayWorkload, change = () => {}) {
  const app = Testing.app();
  new EgressGateway(new Chart(app, 'platform'), 'Exit', { workload });
  change();
  return Manifests.fromApp(app as App);
}

test('what becomes of an object after it was passed changes nothing: labels that are gone would select every pod', () => {
  const labels: { [key: string]: string } = { istio: 'exit' };
  const workload = GatewayWorkload.existing({ labels, service: 'exit' });
  const manifests = made(workload, () => delete labels.istio);
  manifests.has({ kind: 'AuthorizationPolicy' }, { spec: { selector: { matchLabels: { istio: 'exit' } } } });
});

test('an object without a prototype is one as any other', () => {
  const nodeSelector = Object.assign(Object.create(null), { egress: 'yes' });
  const { spec } = made(GatewayWorkload.managed({ nodeSelector })).only({ kind: 'Deployment' });
  expect(spec.template.spec.nodeSelector).toEqual({ egress: 'yes' });
});
