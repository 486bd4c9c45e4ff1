import { Egress, FastApp, Mesh } from 'cdk8s-istio-egress';
import { MESH } from '../mesh';
import { tcpDatabase } from './chart';

const app = new FastApp();
Mesh.configure(app, MESH);
tcpDatabase(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
