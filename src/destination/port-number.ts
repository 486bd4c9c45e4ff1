import { Construct } from 'constructs';
import { EgressError } from '../errors';

/** Ports on which a sidecar itself listens: an outbound listener there would take its place. */
const SIDECAR_PORTS = [15001, 15006];

/** @throws OutOfRange */
export function checkPort(scope: Construct | string, property: string, port: number): number {
  if (!Number.isInteger(port) || port < 1 || port > 65535 || SIDECAR_PORTS.includes(port)) {
    throw new EgressError('OutOfRange', scope, {
      what: `\`${property}\` is not a port that can be called`,
      given: port,
      allowed: `a whole number from 1 to 65535, without ${SIDECAR_PORTS.join(' and ')}, which belong to the sidecar`,
      fix: `set \`${property}\` to the number`,
    });
  }
  return port;
}
