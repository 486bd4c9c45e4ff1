import { Egress, FastApp, Mesh } from 'cdk8s-istio-egress';
import { MESH } from '../mesh';
import { failover } from './chart';

const app = new FastApp();
Mesh.configure(app, MESH);
failover(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
