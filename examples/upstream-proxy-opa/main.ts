import { Egress, FastApp, Installation, Mesh } from 'cdk8s-istio-egress';
import { MESH } from '../mesh';
import { upstreamProxyOpa } from './chart';

const app = new FastApp();
Mesh.configure(app, MESH);
upstreamProxyOpa(app);
// What belongs into the mesh's configuration, beside the manifests that Flux applies.
Installation.write(app, process.env.INSTALL_DIR ?? 'install');
app.synth();
console.log(Egress.describe(app).join('\n'));
