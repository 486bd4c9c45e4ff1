import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart, YamlOutputType } from 'cdk8s';
import { EgressGateway, HttpEgress } from '../../src';
import { world } from '../fixtures';

const hosts = ['a.example'];

/** What synthesis says; empty if it passes. */
function problems(app: App): string {
  try {
    app.synthYaml();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test('objects that would replace each other are an error that names both', () => {
  const { app, exit, chart, clients } = world();
  const object = (id: string, name: string) =>
    new ApiObject(chart, id, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { namespace: 'payments', name },
    });
  new HttpEgress(chart, 'News', { hosts, exit, clients });
  object('Other', 'payments-other');
  expect(problems(app as App)).toBe('');
  object('Mine', 'payments-news');
  expect(problems(app as App)).toMatch(
    /\[DuplicateObject\][^]*payments\/News\/client-payments\/VirtualService[^]*payments\/Mine/,
  );
});

test('two gateways of one name are an error', () => {
  const { app, platform } = world();
  new EgressGateway(platform, 'Second');
  expect(problems(app as App)).toContain(
    '[DuplicateObject] platform/Second/Gateway: two objects are Gateway istio-egress/istio-egress',
  );
});

test.each([
  [YamlOutputType.FILE_PER_RESOURCE, true],
  [YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE, true],
  [YamlOutputType.FILE_PER_CHART, false],
  [YamlOutputType.FILE_PER_APP, false],
])('namesakes in two namespaces, output type %s: error %s', (yamlOutputType, expected) => {
  const app = new App({ yamlOutputType });
  const chart = new Chart(app, 'platform');
  new EgressGateway(chart, 'A', { namespace: 'a' });
  expect(problems(app)).toBe('');
  new EgressGateway(chart, 'B', { namespace: 'b' });
  expect(problems(app).includes('[OutputFileCollision]')).toBe(expected);
});

test('one host through two exits of a namespace is an error', () => {
  const { app, platform, exit, chart, clients } = world();
  const second = new EgressGateway(platform, 'Second', { name: 'second' });
  new HttpEgress(chart, 'A', { hosts, exit, clients });
  new HttpEgress(chart, 'B', { hosts: ['b.example'], exit: second, clients });
  expect(problems(app as App)).toBe('');
  new HttpEgress(chart, 'C', { hosts, exit: second, clients });
  expect(problems(app as App)).toContain('[HostOnTwoExits]');
});

test.each([
  [{ hosts, resolution: 'NONE' }, true],
  [{ hosts }, true],
  [{ hosts, resolution: 'NONE', exportTo: ['istio-egress'] }, true],
  [{ hosts, resolution: 'NONE', exportTo: ['.'] }, false],
  [{ hosts, resolution: 'DNS' }, false],
  [{ hosts: ['b.example'], resolution: 'NONE' }, false],
])('a hand-written ServiceEntry %j: loops %s', (spec, expected) => {
  const { app, exit, chart, clients } = world();
  new HttpEgress(chart, 'A', { hosts, exit, clients });
  new ApiObject(chart, 'Mine', {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'mine', namespace: 'x' },
    spec,
  });
  expect(problems(app as App).includes('[ResolutionNone] payments/Mine')).toBe(expected);
});

test('nothing reaches the disk when a check fails', () => {
  const outdir = join(mkdtempSync(join(tmpdir(), 'egress-')), 'dist');
  const app = new App({ outdir });
  const chart = new Chart(app, 'platform');
  new EgressGateway(chart, 'A');
  new EgressGateway(chart, 'B');
  expect(() => app.synth()).toThrow('DuplicateObject');
  expect(existsSync(join(outdir, 'platform.k8s.yaml'))).toBe(false);
});
