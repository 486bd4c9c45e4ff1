import { App } from 'cdk8s';
import { Egress } from 'cdk8s-istio-egress';
import { tlsOrigination } from './chart';

const app = new App();
tlsOrigination(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
