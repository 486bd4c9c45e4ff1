import { Testing } from 'cdk8s';
import { HttpHeaderRules } from '../../src';
import { MESH_HEADERS, resolveHeaders } from '../../src/destination/http-headers';
import { failing } from '../fixtures';

const resolve = (rules?: HttpHeaderRules, keep?: string[]) => resolveHeaders(Testing.chart(), rules, keep);

test("the mesh's own headers are removed, and nothing else", () => {
  expect(resolve()).toEqual({ request: { remove: MESH_HEADERS } });
});

test('keeps a header of the mesh that is asked for', () => {
  expect(resolve({}, ['X-Request-Id']).request.remove).toEqual(MESH_HEADERS.filter((name) => name !== 'x-request-id'));
});

test('sets, adds and removes in both directions', () => {
  const headers = resolve({
    requestSet: { 'X-Tenant': 'shop' },
    requestAdd: { Via: 'mesh' },
    requestRemove: ['Cookie'],
    responseSet: { 'Cache-Control': 'no-store' },
    responseAdd: { Vary: 'Origin' },
    responseRemove: ['Server'],
  });
  expect(headers.request).toMatchObject({ set: { 'x-tenant': 'shop' }, add: { via: 'mesh' } });
  expect(headers.request.remove).toEqual([...MESH_HEADERS, 'cookie']);
  expect(headers.response).toEqual({
    set: { 'cache-control': 'no-store' },
    add: { vary: 'Origin' },
    remove: ['server'],
  });
});

test('values are literal: Envoy reads none of its commands in them', () => {
  expect(resolve({ requestSet: { a: '%DOWNSTREAM_PEER_CERT% 5%' } }).request.set).toEqual({
    a: '%%DOWNSTREAM_PEER_CERT%% 5%%',
  });
});

test.each(['', 'a b', 'a:', ':authority', 'Host', 'a\r\nb', 'ü'])('refuses the name %j', (name) => {
  expect(() => resolve({ requestSet: { [name]: 'x' } })).toThrow(failing('HeaderSyntax'));
  expect(() => resolve({ requestRemove: [name] })).toThrow(failing('HeaderSyntax'));
  expect(() => resolve({ responseAdd: { [name]: 'x' } })).toThrow(failing('HeaderSyntax'));
});

test('refuses a name that no object can be written with', () => {
  expect(() => resolve({ requestSet: JSON.parse('{ "constructor": "x" }') })).toThrow(failing('WrongType'));
  expect(() => resolve({ requestRemove: ['constructor'] })).toThrow(failing('HeaderSyntax'));
});

const CONNECTION = ['Connection', 'keep-alive', 'TE', 'Trailer', 'transfer-encoding', 'Upgrade', 'Content-Length', 'Expect', 'http2-settings', 'Proxy-Connection', 'proxy-authorization']; // prettier-ignore

test.each(CONNECTION)('refuses %s: of two readings of where a request ends, one has seen no policy', (name) => {
  for (const rules of [{ requestSet: { [name]: '5' } }, { requestAdd: { [name]: '5' } }, { requestRemove: [name] }]) {
    expect(() => resolve(rules)).toThrow(failing('HeaderSyntax', 'belongs to a connection'));
  }
  for (const rules of [
    { responseSet: { [name]: '5' } },
    { responseAdd: { [name]: '5' } },
    { responseRemove: [name] },
  ]) {
    expect(() => resolve(rules)).toThrow(failing('HeaderSyntax', 'belongs to a connection'));
  }
});

test('Envoy takes no orders from a header rule, and what asks for some can be removed', () => {
  expect(() => resolve({ requestSet: { 'X-Envoy-Retry-On': '5xx' } })).toThrow(failing('HeaderSyntax', 'Envoy'));
  expect(() => resolve({ responseAdd: { 'x-envoy-ratelimited': '1' } })).toThrow(failing('HeaderSyntax', 'Envoy'));
  expect(resolve({ requestRemove: ['x-envoy-retry-on'] }).request.remove).toContain('x-envoy-retry-on');
});

test.each(['a\r\nx-evil: 1', 'a\nb', 'ü', 'a\u0000'])('refuses the value %j', (value) => {
  expect(() => resolve({ requestAdd: { a: value } })).toThrow(failing('HeaderSyntax', '"a"'));
});

test('refuses to keep what is not removed anyway', () => {
  expect(() => resolve({}, ['cookie'])).toThrow(failing('HeaderSyntax', 'keepMeshHeaders'));
});

test('refuses a header that is named twice, and does not mind the order of the others', () => {
  expect(() => resolve({ requestSet: { 'X-A': '1', 'x-a': '2' } })).toThrow(failing('HeaderSyntax', 'x-a'));
  const [one, two] = [resolve({ requestSet: { b: '1', a: '2' } }), resolve({ requestSet: { a: '2', b: '1' } })];
  expect(JSON.stringify(one)).toBe(JSON.stringify(two));
});
