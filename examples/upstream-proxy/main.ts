import { App } from 'cdk8s';
import { Egress } from 'cdk8s-istio-egress';
import { upstreamProxy } from './chart';

const app = new App();
upstreamProxy(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
