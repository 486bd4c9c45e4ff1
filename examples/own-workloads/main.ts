import { App } from 'cdk8s';
import { Egress, Mesh } from 'cdk8s-istio-egress';
import { MESH } from '../mesh';
import { ownWorkloads } from './chart';

const app = new App();
Mesh.configure(app, MESH);
ownWorkloads(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
