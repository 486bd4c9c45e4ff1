import { App } from 'cdk8s';
import { Egress } from 'cdk8s-istio-egress';
import { httpEgress } from './chart';

const app = new App();
httpEgress(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
