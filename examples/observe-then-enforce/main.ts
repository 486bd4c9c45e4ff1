import { Egress, FastApp, Installation } from 'cdk8s-istio-egress';
import { observeThenEnforce } from './chart';

const app = new FastApp();
observeThenEnforce(app);
app.synth();
console.log(Egress.describe(app).join('\n'));

// What belongs into the mesh's configuration, beside the manifests that Flux applies.
if (process.env.INSTALL_DIR) Installation.write(app, process.env.INSTALL_DIR);
