import { Egress, FastApp, Mesh } from 'cdk8s-istio-egress';
import { MESH } from '../mesh';
import { paymentsRepo, platformRepo } from './chart';

const app = new FastApp();
Mesh.configure(app, MESH);
platformRepo(app);
paymentsRepo(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
