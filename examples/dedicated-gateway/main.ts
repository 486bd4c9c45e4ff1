import { Egress, FastApp, GatewayInstallation, Installation, Mesh } from 'cdk8s-istio-egress';
import { MESH } from '../mesh';
import { dedicatedGateway } from './chart';

const app = new FastApp();
Mesh.configure(app, MESH);
dedicatedGateway(app);
app.synth();
console.log(Egress.describe(app).join('\n'));

// The same gateway for platforms that install with `istioctl manifest generate`: a file, apart from what Flux applies.
const other = new FastApp();
Mesh.configure(other, MESH);
dedicatedGateway(other, GatewayInstallation.ISTIO_OPERATOR);
Installation.write(other, process.env.INSTALL_DIR ?? 'install');
