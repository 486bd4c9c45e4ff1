import { App } from 'cdk8s';
import { Egress } from 'cdk8s-istio-egress';
import { ingressProxy } from './chart';

const app = new App();
ingressProxy(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
