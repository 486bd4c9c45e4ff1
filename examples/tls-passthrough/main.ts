import { App } from 'cdk8s';
import { Egress } from 'cdk8s-istio-egress';
import { tlsPassthrough } from './chart';

const app = new App();
tlsPassthrough(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
