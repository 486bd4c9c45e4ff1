import { Testing } from 'cdk8s';
import { assertions, Mesh } from 'cdk8s-istio-egress';
import { MESH } from '../mesh';
import { tlsOrigination } from './chart';

const app = Testing.app();
Mesh.configure(app, MESH);
tlsOrigination(app);
const calls = assertions.Calls.of(app);

const { TlsOutside } = assertions;

test('the checkout pays through the exit, which speaks verified TLS', () => {
  calls
    .from('payments/checkout')
    .to('http://api.stripe.com/v1/charges', { method: 'POST' })
    .isAllowed({ through: 'istio-egress/istio-egress', tls: TlsOutside.VERIFIED });
});

test('nobody else does, and nobody goes past the exit', () => {
  calls.from('payments/reports').to('http://api.stripe.com/v1/charges').isRefused();
  calls.from('payments/checkout').to('https://api.stripe.com/v1/charges').isRefused();
});
