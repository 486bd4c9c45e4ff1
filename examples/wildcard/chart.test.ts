import { Testing } from 'cdk8s';
import { assertions } from 'cdk8s-istio-egress';
import { wildcard } from './chart';

function manifests() {
  const app = Testing.app();
  wildcard(app);
  return assertions.Manifests.fromApp(app);
}

test('every language goes through the exit to the one server', () => {
  manifests().has(
    { kind: 'ServiceEntry', namespace: 'istio-egress' },
    { spec: { hosts: ['*.wikipedia.org'], resolution: 'DNS', endpoints: [{ address: 'www.wikipedia.org' }] } },
  );
});

test('blogs are looked up by the sidecar, and nothing of them stands at the exit', () => {
  manifests().has(
    { kind: 'ServiceEntry', namespace: 'reading' },
    { spec: { hosts: ['*.blogs.example.com'], resolution: 'DYNAMIC_DNS' } },
  );
  manifests().hasNot({ namespace: 'istio-egress' }, { spec: { hosts: ['*.blogs.example.com'] } });
});
