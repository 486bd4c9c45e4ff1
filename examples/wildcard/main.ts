import { App } from 'cdk8s';
import { Egress } from 'cdk8s-istio-egress';
import { wildcard } from './chart';

const app = new App();
wildcard(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
