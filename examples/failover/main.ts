import { App } from 'cdk8s';
import { Egress } from 'cdk8s-istio-egress';
import { failover } from './chart';

const app = new App();
failover(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
