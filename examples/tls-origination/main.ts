import { Egress, FastApp, Mesh } from 'cdk8s-istio-egress';
import { MESH } from '../mesh';
import { tlsOrigination } from './chart';

const app = new FastApp();
Mesh.configure(app, MESH);
tlsOrigination(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
