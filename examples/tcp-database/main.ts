import { App } from 'cdk8s';
import { Egress } from 'cdk8s-istio-egress';
import { tcpDatabase } from './chart';

const app = new App();
tcpDatabase(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
