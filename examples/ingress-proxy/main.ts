import { Egress, FastApp, Mesh } from 'cdk8s-istio-egress';
import { MESH } from '../mesh';
import { ingressProxy } from './chart';

const app = new FastApp();
Mesh.configure(app, MESH);
ingressProxy(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
