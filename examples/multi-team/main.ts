import { Egress, FastApp, Mesh } from 'cdk8s-istio-egress';
import { platformRepo } from './platform';
import { MESH } from '../mesh';
import { billingRepo, paymentsRepo, shopRepo } from './teams';

// Four repos in one for the example: each is an app of its own in life, and nothing would change.
const app = new FastApp();
Mesh.configure(app, MESH);
for (const repo of [platformRepo, paymentsRepo, shopRepo, billingRepo]) repo(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
