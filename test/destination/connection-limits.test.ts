import { Duration, Testing } from 'cdk8s';
import { ConnectionLimits } from '../../src';
import { resolveConnectionLimits } from '../../src/destination/connection-limits';
import { failing } from '../fixtures';

const resolve = (limits: ConnectionLimits) => resolveConnectionLimits(Testing.chart(), limits);

test('limits take the form of a DestinationRule, for HTTP and for connections', () => {
  const limits = {
    maxConnections: 100,
    maxPendingRequests: 10,
    maxRequests: 200,
    connectTimeout: Duration.millis(2500),
    idleTimeout: Duration.minutes(5),
  };
  expect(resolve(limits)).toEqual({
    tcp: { maxConnections: 100, connectTimeout: '2.5s', idleTimeout: '300s' },
    http: { http1MaxPendingRequests: 10, http2MaxRequests: 200, idleTimeout: '300s' },
  });
});

test('what is left out is left to Envoy', () => {
  expect(JSON.stringify(resolve({}))).toBe('{"tcp":{},"http":{}}');
});

test.each(['maxConnections', 'maxPendingRequests', 'maxRequests'])('refuses %s that is no count', (name) => {
  for (const value of [0, -1, 1.5, NaN, 2 ** 31, '5']) {
    expect(() => resolve({ [name]: value })).toThrow(failing('OutOfRange', `\`${name}\``));
  }
});

test.each(['connectTimeout', 'idleTimeout'])('refuses %s below a millisecond', (name) => {
  expect(() => resolve({ [name]: Duration.millis(0) })).toThrow(failing('OutOfRange', `\`${name}\``));
});
