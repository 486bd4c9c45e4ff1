import { App } from 'cdk8s';
import { Egress } from 'cdk8s-istio-egress';
import { httpAndHttps } from './chart';

const app = new App();
httpAndHttps(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
