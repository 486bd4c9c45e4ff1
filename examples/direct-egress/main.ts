import { App } from 'cdk8s';
import { Egress } from 'cdk8s-istio-egress';
import { directEgress } from './chart';

const app = new App();
directEgress(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
