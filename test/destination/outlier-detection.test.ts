import { Duration, Testing } from 'cdk8s';
import { OutlierDetection } from '../../src';
import { resolveOutlierDetection } from '../../src/destination/outlier-detection';
import { failing } from '../fixtures';

const resolve = (detection: OutlierDetection) => resolveOutlierDetection(Testing.chart(), detection);

test('counts what looks like a dead host, and not its answers', () => {
  expect(resolve({})).toEqual({
    consecutiveGatewayErrors: 5,
    consecutive5xxErrors: 0,
    interval: '5s',
    baseEjectionTime: '30s',
    maxEjectionPercent: 50,
  });
});

test('takes what is declared', () => {
  expect(
    resolve({ consecutiveFailures: 2, baseEjectionTime: Duration.minutes(2), maxEjectionPercent: 100 }),
  ).toMatchObject({ consecutiveGatewayErrors: 2, baseEjectionTime: '120s', maxEjectionPercent: 100 });
});

test.each([
  [{ consecutiveFailures: 0 }, '`consecutiveFailures`'],
  [{ consecutiveFailures: 1001 }, '`consecutiveFailures`'],
  [{ maxEjectionPercent: 0 }, '`maxEjectionPercent`'],
  [{ maxEjectionPercent: 101 }, '`maxEjectionPercent`'],
  [{ baseEjectionTime: Duration.millis(0) }, '`baseEjectionTime`'],
])('refuses %j', (detection, part) => {
  expect(() => resolve(detection)).toThrow(failing('OutOfRange', part));
});
