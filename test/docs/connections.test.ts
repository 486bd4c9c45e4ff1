import { ledger, weighted } from './connections';
import { world } from '../fixtures';

test('what the page declares is what it says', () => {
  const { exit, chart, manifests } = world();
  ledger(chart, exit);
  weighted(chart, exit);
  manifests().has(
    { kind: 'ServiceEntry', name: 'istio-egress.ledger.example.com' },
    { spec: { resolution: 'STATIC', endpoints: [{ locality: 'eu-west/a' }, { locality: 'eu-west/b' }] } },
  );
  manifests().has(
    { kind: 'DestinationRule', name: 'istio-egress.ledger.example.com' },
    { spec: { trafficPolicy: { outlierDetection: { consecutiveGatewayErrors: 3, maxEjectionPercent: 100 } } } },
  );
  manifests().has(
    { kind: 'ServiceEntry', name: 'istio-egress.reports.example.com' },
    { spec: { resolution: 'DNS', endpoints: [{ weight: 80 }, { weight: 20 }] } },
  );
});
