import { App } from 'cdk8s';
import { Egress } from 'cdk8s-istio-egress';
import { connectProxy } from './chart';

const app = new App();
connectProxy(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
