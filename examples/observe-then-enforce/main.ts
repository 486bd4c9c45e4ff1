import { Egress, FastApp, Installation } from 'cdk8s-istio-egress';
import { observeThenEnforce } from './chart';

const app = new FastApp();
observeThenEnforce(app);
// What belongs into the mesh's configuration, beside the manifests that Flux applies.
Installation.write(app, process.env.INSTALL_DIR ?? 'install');
app.synth();
console.log(Egress.describe(app).join('\n'));
