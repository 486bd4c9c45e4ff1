import { Egress, FastApp, Mesh } from 'cdk8s-istio-egress';
import { MESH } from '../mesh';
import { ownWorkloads } from './chart';

const app = new FastApp();
Mesh.configure(app, MESH);
ownWorkloads(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
