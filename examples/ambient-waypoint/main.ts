import { App } from 'cdk8s';
import { Egress } from 'cdk8s-istio-egress';
import { ambientWaypoint } from './chart';

const app = new App();
ambientWaypoint(app);
app.synth();
console.log(Egress.describe(app).join('\n'));
