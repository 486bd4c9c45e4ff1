import { App } from 'cdk8s';
import { Egress } from 'cdk8s-istio-egress';
import { paymentsRepo, platformRepo } from './chart';

const app = new App();
platformRepo(app);
paymentsRepo(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
