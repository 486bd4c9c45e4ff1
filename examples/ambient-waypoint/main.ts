import { App } from 'cdk8s';
import { Egress, Installation } from 'cdk8s-istio-egress';
import { ambientWaypoint } from './chart';

const app = new App();
ambientWaypoint(app);
app.synth();
console.log(Egress.describe(app).join('\n'));

// What belongs into the mesh's configuration, beside the manifests that Flux applies.
if (process.env.INSTALL_DIR) Installation.write(app, process.env.INSTALL_DIR);
