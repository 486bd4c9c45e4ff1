import { App } from 'cdk8s';
import { Egress } from 'cdk8s-istio-egress';
import { dedicatedGateway } from './chart';

const app = new App();
dedicatedGateway(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
